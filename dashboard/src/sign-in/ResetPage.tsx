import { PageHeader } from "../shell/PageHeader";

export function ResetPage() {
  return <PageHeader title="x" />;
}
