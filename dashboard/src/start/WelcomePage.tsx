import { PageHeader } from "../shell/PageHeader";

export function WelcomePage() {
  return <PageHeader title="x" />;
}
