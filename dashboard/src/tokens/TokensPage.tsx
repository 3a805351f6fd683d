import { PageHeader } from "../shell/PageHeader";

export function TokensPage() {
  return <PageHeader title="x" />;
}
