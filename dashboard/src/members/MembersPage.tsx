import { PageHeader } from "../shell/PageHeader";

export function MembersPage() {
  return <PageHeader title="x" />;
}
