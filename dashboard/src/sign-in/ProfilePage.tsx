import { PageHeader } from "../shell/PageHeader";

export function ProfilePage() {
  return <PageHeader title="x" />;
}
