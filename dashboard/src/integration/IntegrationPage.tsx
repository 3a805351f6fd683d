import { PageHeader } from "../shell/PageHeader";

export function IntegrationPage() {
  return <PageHeader title="x" />;
}
