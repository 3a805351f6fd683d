import { PageHeader } from "../shell/PageHeader";

export function SignInPage() {
  return <PageHeader title="x" />;
}
