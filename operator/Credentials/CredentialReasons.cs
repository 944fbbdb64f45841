namespace SentryOtel.Operator.Credentials;

/// <summary>Reasons of the condition CredentialsValid that are not Sentry's own answers.</summary>
internal static class CredentialReasons
{
    public const string TokenAccepted = "TokenAccepted";
    public const string DsnAccepted = "DsnAccepted";
    public const string SecretNotFound = "SecretNotFound";
    public const string SecretKeyMissing = "SecretKeyMissing";
    public const string SecretForbidden = "SecretForbidden";
    public const string CertificateAuthorityMissing = "CertificateAuthorityMissing";
    public const string CertificateAuthorityInvalid = "CertificateAuthorityInvalid";
    public const string InvalidToken = "InvalidToken";
    public const string InvalidDsn = "InvalidDsn";
    public const string OrganizationNotFound = "OrganizationNotFound";
    public const string SentryUnreachable = "SentryUnreachable";
    public const string InvalidSpec = "InvalidSpec";
}
