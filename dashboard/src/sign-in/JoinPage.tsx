import { PageHeader } from "../shell/PageHeader";

export function JoinPage() {
  return <PageHeader title="x" />;
}
