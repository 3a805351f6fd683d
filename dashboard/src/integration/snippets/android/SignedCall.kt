import android.content.Context
import com.clevertap.android.signedcall.exception.CallException
import com.clevertap.android.signedcall.exception.InitException
import com.clevertap.android.signedcall.init.SignedCallAPI
import com.clevertap.android.signedcall.init.SignedCallInitConfiguration
import com.clevertap.android.signedcall.interfaces.OutgoingCallResponse
import com.clevertap.android.signedcall.interfaces.SignedCallInitResponse
import com.clevertap.android.sdk.CleverTapAPI
import org.json.JSONObject

/** Once you know who the user is. The manifest asks for RECORD_AUDIO, and on Android 13 for POST_NOTIFICATIONS. */
fun signIn(context: Context) {
    val initOptions = JSONObject()
        .put("accountId", "{{accountId}}")
        .put("apiKey", "{{apikey}}")
        .put("cuid", "{{cuid}}")
        .put("name", "Anita")
        .put("server", "{{server}}")
    // Keeps the connection while the app is in the background; otherwise a push wakes it.
    val allowPersistSocketConnection = true
    val configuration = SignedCallInitConfiguration.Builder(initOptions, allowPersistSocketConnection).build()

    SignedCallAPI.getInstance().init(
        context,
        configuration,
        CleverTapAPI.getDefaultInstance(context),
        object : SignedCallInitResponse {
            override fun onSuccess() = println("Signed in; calls for this user ring here")
            override fun onFailure(error: InitException) = println("Not signed in: ${error.errorCode} ${error.message}")
        },
    )
}

fun call(context: Context) {
    val options = JSONObject().put("initiator_image", "").put("receiver_image", "")
    SignedCallAPI.getInstance().call(
        context,
        "{{receiver}}",
        "Your order is at the door",
        options,
        object : OutgoingCallResponse {
            override fun onSuccess() = println("The call is placed")
            override fun onFailure(error: CallException) = println("No call: ${error.errorCode} ${error.message}")
        },
    )
}

fun observe() {
    // CALL_IS_PLACED, CALL_RINGING, CALL_ANSWERED, CALL_IN_PROGRESS, CALL_OVER, CALL_DECLINED, CALL_MISSED, …
    SignedCallAPI.getInstance().registerVoIPCallStatusListener { data -> println("${data.direction} ${data.callStatus}") }
}
