/** What `SignedCallClient` and `DirectCallClient` have in common, which is all but the name. */
import { type CallRequest, type CheckResult, type Client, imageAddress } from "@tring/core";
import { type ClientEvents, createNews, type Unlisten } from "./news";
import { type CallOptions, callFault, type Product } from "./options";

/** A signed-in user. Apps get one from `initSignedCall` or `initDirectCall` and never make one. */
export class CallClient {
  readonly #client: Client;
  readonly #cuid: string;
  readonly #product: Product;
  readonly #news: ReturnType<typeof createNews>;

  /** @internal */
  constructor(client: Client, cuid: string, product: Product) {
    this.#client = client;
    this.#cuid = cuid;
    this.#product = product;
    this.#news = createNews(client);
    // The documents pass `client.hangup` around as a function of its own.
    for (const method of ["call", "hangup", "isEnabled", "logout"] as const) {
      Object.defineProperty(this, method, { value: this[method].bind(this) });
    }
  }

  /**
   * Calls `receiver` and shows the outgoing screen, which becomes the ongoing one when the call is answered.
   *
   * Resolves with `"over"` when a call that was answered has ended. Rejects with `"declined"`, `"missed"`,
   * `"cancelled"`, with the sentence for a receiver who is in another call, or with `{code, message}`; `code` is the
   * number `404` if the receiver is offline.
   *
   * @param receiver whose cuid is called
   * @param context why, shown to the receiver; 1 to 512 characters
   */
  call(receiver: string, context: string, callOptions?: CallOptions | null): Promise<string> {
    const fault = callFault(this.#cuid, receiver, context, this.#product);
    const invalid = fault ? { code: "ERR_INVALID_CALL_PARAMETERS" as const, message: fault.message } : undefined;
    return this.#client.call(requestOf(receiver, context, callOptions), invalid);
  }

  /** Ends the call; before it is answered, cancels it. Without a call it does nothing. */
  hangup(): void {
    this.#client.hangup();
  }

  /** Whether calls can be made and received now. False until the connection is there, and while it is lost. */
  isEnabled(): boolean {
    return this.#client.isEnabled();
  }

  /** Ends the call and signs out. To make another call initialise the SDK again. */
  logout(): void {
    this.#client.logout();
  }

  /** Answers the call that rings. The screen does this when its button is pressed. */
  answer(): void {
    this.#client.answer();
  }

  /** Declines the call that rings. The screen does this when its button is pressed. */
  decline(): void {
    this.#client.decline();
  }

  /** Closes the microphone of the ongoing call, or opens it again. */
  toggleMuteUnmute(): void {
    this.#client.setMuted(!this.#client.isMuted());
  }

  /**
   * Tries microphone, server and relay for some seconds, and says in `words` whether a call would go well. Never rejects:
   * what fails is part of the verdict.
   */
  check(): Promise<CheckResult> {
    return this.#client.check();
  }

  /** Hears how calls go and sound, and whether the connection is there, until what is returned is called. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (detail: ClientEvents[Name]) => void): Unlisten {
    return this.#news.on(name, listener);
  }
}

function requestOf(receiver: string, context: string, options: CallOptions | null | undefined): CallRequest {
  const images: CallRequest["images"] = {};
  const initiator = imageAddress(options?.initiator_image, document.baseURI);
  const receiverImage = imageAddress(options?.receiver_image, document.baseURI);
  if (initiator !== undefined) images.initiator = initiator;
  if (receiverImage !== undefined) images.receiver = receiverImage;
  return { to: receiver, context: typeof context === "string" ? context.trim() : context, images };
}
