import { PageHeader } from "../shell/PageHeader";

export function StartPage() {
  return <PageHeader title="x" />;
}
