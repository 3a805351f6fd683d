import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** What a form says that belongs to no single field; read out as soon as it appears. */
export function FormMessage({ children }: { readonly children: ReactNode }) {
  if (children === null || children === undefined) return null;
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle />}>
      {children}
    </Alert>
  );
}
