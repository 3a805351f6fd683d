import { Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { AccessSettings } from "../generated/api";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { originList, origins } from "./rules";
import { SettingsForm } from "./SettingsForm";
import { useSave } from "./save";

export function OriginsPanel({ access, mayChange }: { readonly access: AccessSettings; readonly mayChange: boolean }) {
  const save = useSave();
  const form = useForm({
    initialValues: { access: { allowedOrigins: access.allowedOrigins.join("\n") } },
    validate: { access: { allowedOrigins: origins } },
  });
  const sender = useSending({
    form,
    names: { "access.allowedOrigins": "An origin" },
    send: (values) => save.send({ access: { ...access, allowedOrigins: originList(values.access.allowedOrigins) } }),
    done: () => {
      form.resetDirty();
      return save.done();
    },
  });
  return (
    <Panel title="Web pages" lead="Which pages may sign users in with your apikeys. Apps are not concerned.">
      <SettingsForm sender={sender} mayChange={mayChange} dirty={form.isDirty()}>
        <Textarea
          label="Allowed origins"
          description="One on each line, such as https://shop.example.com. Without any, every page may."
          autosize
          minRows={3}
          maxRows={12}
          readOnly={!mayChange}
          spellCheck={false}
          {...form.getInputProps("access.allowedOrigins")}
        />
      </SettingsForm>
    </Panel>
  );
}
