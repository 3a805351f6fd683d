import CleverTapSDK
import SignedCallSDK
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        CleverTap.autoIntegrate()
        SignedCall.isLoggingEnabled = true
        SignedCall.cleverTapInstance = CleverTap.sharedInstance()
        SignedCall.rootViewController = window?.rootViewController
        // Needed to ring while the app sleeps: push notifications, and the background modes audio and voice over IP.
        SignedCall.registerVoIP(appName: "Your app")
        return true
    }

    /// Once you know who the user is.
    func signIn() {
        let initOptions: [String: Any] = [
            "accountID": "{{accountId}}",
            "apiKey": "{{apikey}}",
            "cuid": "{{cuid}}",
            "production": false, // true in TestFlight and the App Store
            "server": "{{server}}",
        ]
        SignedCall.initSDK(withInitOptions: initOptions) { result in
            switch result {
            case .success: print("Signed in; calls for this user ring here")
            case .failure(let error): print("Not signed in: \(error)")
            }
        }
    }

    func call() {
        let images = SCCustomMetadata(initiatorImage: "", receiverImage: "")
        let options = SCCallOptionsModel(
            context: "Your order is at the door",
            receiverCuid: "{{receiver}}",
            customMetaData: images
        )
        SignedCall.call(callOptions: options) { result in
            switch result {
            case .success: print("The call is placed")
            case .failure(let error): print("No call: \(error)")
            }
        }
    }

    func observe() {
        NotificationCenter.default.addObserver(
            self, selector: #selector(callStatus), name: SignedCall.SCCallStatusDidUpdate, object: nil)
    }

    @objc func callStatus(notification: Notification) {
        guard let call = notification.userInfo?["callDetails"] as? SCCallStatusDetails else { return }
        // CALL_IS_PLACED, CALL_ANSWERED, CALL_IN_PROGRESS, CALL_OVER, CALL_DECLINED, CALL_MISSED, …
        print("\(call.callDirection) \(call.status)")
    }
}
