import { NumberInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { BOUNDS, within } from "./rules";
import { SettingsForm } from "./SettingsForm";
import { useSave } from "./save";

const NAMES = { retentionDays: "The time" };

export function RetentionPanel({ days, mayChange }: { readonly days: number; readonly mayChange: boolean }) {
  const save = useSave();
  const [asking, dialog] = useDisclosure(false);
  const form = useForm({
    initialValues: { retentionDays: days as number | string },
    validate: { retentionDays: within(BOUNDS.retentionDays, "days") },
  });
  const wanted = () => Math.round(Number(form.getValues().retentionDays));
  const done = () => {
    form.resetDirty();
    return save.done();
  };
  const sender = useSending({
    form,
    names: NAMES,
    // What deletes calls is asked about first.
    send: async () => (wanted() < days ? "ask" : save.send({ retentionDays: wanted() })),
    done: (answer) => (answer === "ask" ? dialog.open() : done()),
  });
  return (
    <Panel title="Data retention" lead="How long calls, their quality and their statistics are kept.">
      <SettingsForm sender={sender} mayChange={mayChange} dirty={form.isDirty()}>
        <NumberInput
          label="Keep calls for"
          suffix=" days"
          allowDecimal={false}
          maw={260}
          readOnly={!mayChange}
          {...form.getInputProps("retentionDays")}
        />
      </SettingsForm>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title="Delete older calls"
        action="Delete them"
        onConfirm={async () => {
          await save.send({ retentionDays: wanted() });
          await done();
        }}
      >
        Calls that are older than {wanted().toLocaleString("en")} days are deleted within the hour, with what they add
        to the statistics. They cannot be brought back.
      </ConfirmDialog>
    </Panel>
  );
}
