import { PageHeader } from "../shell/PageHeader";

export function SettingsPage() {
  return <PageHeader title="x" />;
}
