import { PageHeader } from "../shell/PageHeader";

export function StatisticsPage() {
  return <PageHeader title="Statistics" />;
}
