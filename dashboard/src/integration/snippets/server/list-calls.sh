# The newest calls that were missed, as JSON. `next` in the answer is the `cursor` of the following page.
curl --fail-with-body --silent --show-error --get "{{server}}/v1/accounts/{{accountId}}/calls" \
  --header "Authorization: Bearer $TRING_SECRET_KEY" \
  --data-urlencode "status=missed" \
  --data-urlencode "limit=20"
