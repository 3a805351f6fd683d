# Has the server make a user token, for backends that would rather ask than sign. Answers {"token":…,"expiresAt":…}.
curl --fail-with-body --silent --show-error "{{server}}/v1/accounts/{{accountId}}/tokens" \
  --header "Authorization: Bearer $TRING_SECRET_KEY" \
  --header "Content-Type: application/json" \
  --data '{"cuid": "{{cuid}}", "name": "Anita", "expiresIn": 3600}'
