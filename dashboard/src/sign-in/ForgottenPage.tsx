import { PageHeader } from "../shell/PageHeader";

export function ForgottenPage() {
  return <PageHeader title="x" />;
}
