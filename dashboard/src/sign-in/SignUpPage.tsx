import { PageHeader } from "../shell/PageHeader";

export function SignUpPage() {
  return <PageHeader title="x" />;
}
