import { PageHeader } from "../shell/PageHeader";

export function KeysPage() {
  return <PageHeader title="x" />;
}
