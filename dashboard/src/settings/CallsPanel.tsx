import { NumberInput, Radio, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { CallSettings } from "../generated/api";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { Tiles } from "../shell/Tiles";
import { BOUNDS, callFields, callSettings, within } from "./rules";
import { SettingsForm } from "./SettingsForm";
import { useSave } from "./save";

const NAMES = {
  "calls.ringTimeout": "The ring timeout",
  "calls.connectTimeout": "The connect timeout",
  "calls.maxDuration": "The longest call",
  "calls.devices": "The choice",
  "calls.decline": "The choice",
};

export function CallsPanel({ calls, mayChange }: { readonly calls: CallSettings; readonly mayChange: boolean }) {
  const save = useSave();
  // The fields stand under their path in the request, so that what the server says of one is shown at it.
  const form = useForm({
    initialValues: { calls: callFields(calls) },
    validate: {
      calls: {
        ringTimeout: within(BOUNDS.ringTimeout, "seconds"),
        connectTimeout: within(BOUNDS.connectTimeout, "seconds"),
        maxDuration: within(BOUNDS.maxDuration, "minutes"),
      },
    },
  });
  const sender = useSending({
    form,
    names: NAMES,
    send: (values) => save.send({ calls: callSettings(values.calls) }),
    done: () => {
      form.resetDirty();
      return save.done();
    },
  });
  return (
    <Panel title="Calls">
      <SettingsForm sender={sender} mayChange={mayChange} dirty={form.isDirty()}>
        <Tiles least="narrow">
          <NumberInput
            label="Ring timeout"
            description="Then the call is missed."
            suffix=" s"
            readOnly={!mayChange}
            {...form.getInputProps("calls.ringTimeout")}
          />
          <NumberInput
            label="Connect timeout"
            description="From the answer to audio."
            suffix=" s"
            readOnly={!mayChange}
            {...form.getInputProps("calls.connectTimeout")}
          />
          <NumberInput
            label="Longest call"
            description="Then it is hung up."
            suffix=" min"
            readOnly={!mayChange}
            {...form.getInputProps("calls.maxDuration")}
          />
        </Tiles>
        <Radio.Group label="Devices of one user" {...form.getInputProps("calls.devices")}>
          <Stack gap="xs" mt={8}>
            <Radio
              value="many"
              label="Many"
              description="All of them ring; the first answer wins."
              disabled={!mayChange}
            />
            <Radio
              value="one"
              label="One"
              description="Who signs in on another device is signed out on the one before."
              disabled={!mayChange}
            />
          </Stack>
        </Radio.Group>
        {form.getValues().calls.devices === "many" && (
          <Radio.Group label="When one device declines" {...form.getInputProps("calls.decline")}>
            <Stack gap="xs" mt={8}>
              <Radio
                value="all_devices"
                label="The call is declined"
                description="All other devices of the user stop ringing."
                disabled={!mayChange}
              />
              <Radio
                value="this_device"
                label="Only this device stops"
                description="The others ring on; the call is declined when the last of them declines."
                disabled={!mayChange}
              />
            </Stack>
          </Radio.Group>
        )}
      </SettingsForm>
    </Panel>
  );
}
