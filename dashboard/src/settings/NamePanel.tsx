import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Panel } from "../shell/Panel";
import { useSending } from "../shell/sending";
import { title } from "../sign-in/rules";
import { SettingsForm } from "./SettingsForm";
import { useSave } from "./save";

export function NamePanel({ name, mayChange }: { readonly name: string; readonly mayChange: boolean }) {
  const save = useSave();
  const form = useForm({ initialValues: { name }, validate: { name: title } });
  const sender = useSending({
    form,
    names: { name: "The name" },
    send: (values) => save.send({ name: values.name.trim() }),
    done: () => {
      form.resetDirty();
      return save.done();
    },
  });
  return (
    <Panel title="Name">
      <SettingsForm sender={sender} mayChange={mayChange} dirty={form.isDirty()}>
        <TextInput
          label="Name of the account"
          description="Members see it. Users of your app do not."
          maxLength={80}
          readOnly={!mayChange}
          {...form.getInputProps("name")}
        />
      </SettingsForm>
    </Panel>
  );
}
