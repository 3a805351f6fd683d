import { Button, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useMay, useMembership } from "../api/session";
import { PageHeader } from "../shell/PageHeader";
import { InvitationsPanel } from "./InvitationsPanel";
import { InviteDialog } from "./InviteDialog";
import { MembersPanel } from "./MembersPanel";

export function MembersPage() {
  const { name } = useMembership();
  const mayInvite = useMay("admin");
  const [inviting, dialog] = useDisclosure(false);
  return (
    <>
      <PageHeader title="Members" lead={`Who works on ${name}, and what they may do.`}>
        {mayInvite && (
          <Button leftSection={<IconUserPlus size={18} />} onClick={dialog.open}>
            Invite somebody
          </Button>
        )}
      </PageHeader>
      <Stack>
        <MembersPanel />
        {mayInvite && <InvitationsPanel />}
      </Stack>
      {mayInvite && <InviteDialog opened={inviting} onClose={dialog.close} />}
    </>
  );
}
