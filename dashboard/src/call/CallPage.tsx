import { PageHeader } from "../shell/PageHeader";

export function CallPage() {
  return <PageHeader title="Call" />;
}
