import { PageHeader } from "../shell/PageHeader";

export function CallsPage() {
  return <PageHeader title="Calls" />;
}
