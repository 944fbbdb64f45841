namespace SentryOtel.Gateway.Sending;

/// <summary>
/// From an answer of Sentry's Relay to what it means. The texts are those of getsentry/relay (<c>relay-server/src/endpoints/common.rs</c>, <c>extractors/request_meta.rs</c>).
/// </summary>
internal static class OutcomeReader
{
    /// <summary>Texts of a 400 that are about the address or key, not about the data.</summary>
    private static readonly string[] AddressFaults =
        ["bad project path parameter", "bad sentry DSN public key", "unsupported protocol version", "bad x-sentry-auth header", "bad x-sentry-relay-signature header"];

    /// <summary>Reasons in a 403 that are about settings of the project or server.</summary>
    private static readonly string[] Settings = ["Cors", "FeatureDisabled", "MissingSignature", "InvalidSignature"];

    /// <param name="status">HTTP status.</param>
    /// <param name="text">The beginning of the body.</param>
    /// <param name="isLimited">Whether a limit holds for the key and signal now, this answer's included.</param>
    public static SendOutcomeKind Read(int status, string text, bool isLimited) => status switch
    {
        >= 200 and < 300 => SendOutcomeKind.Sent,
        >= 300 and < 400 or 401 or 404 => SendOutcomeKind.ProjectRejected,
        400 when text.Contains("exceeded size limits", StringComparison.OrdinalIgnoreCase) => SendOutcomeKind.TooLarge,
        400 when Has(text, AddressFaults) => SendOutcomeKind.ProjectRejected,
        400 => SendOutcomeKind.Invalid,
        403 when Has(text, Settings) => SendOutcomeKind.Forbidden,
        403 => SendOutcomeKind.ProjectRejected,
        408 => SendOutcomeKind.Transient,
        413 => SendOutcomeKind.TooLarge,
        429 => isLimited ? SendOutcomeKind.RateLimited : SendOutcomeKind.Transient,
        >= 500 => SendOutcomeKind.Transient,
        _ => SendOutcomeKind.Refused,
    };

    private static bool Has(string text, string[] parts) => Array.Exists(parts, part => text.Contains(part, StringComparison.OrdinalIgnoreCase));
}
