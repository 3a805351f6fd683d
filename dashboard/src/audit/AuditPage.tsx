import { PageHeader } from "../shell/PageHeader";

export function AuditPage() {
  return <PageHeader title="x" />;
}
