using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Credentials;

/// <summary>What an exporter's credentials open: an organisation's API, or a single project by its DSN; or why they open nothing.</summary>
internal sealed class ExporterConnection
{
    /// <summary>The API, with orgSlug and token.</summary>
    public ISentryApiClient? Api { get; private init; }

    /// <summary>The DSN, with dsnSecretRef.</summary>
    public Dsn? Dsn { get; private init; }

    /// <summary>Why there is neither.</summary>
    public CredentialError? Error { get; private init; }

    /// <summary>Tells two sets of credentials and settings apart without saying anything about either.</summary>
    public string Fingerprint { get; private init; } = "";

    public static ExporterConnection To(ISentryApiClient api, string fingerprint) => new() { Api = api, Fingerprint = fingerprint };

    public static ExporterConnection To(Dsn dsn, string fingerprint) => new() { Dsn = dsn, Fingerprint = fingerprint };

    public static ExporterConnection Failed(CredentialError error) => new() { Error = error, Fingerprint = error.Reason };

    public override string ToString() => Error?.ToString() ?? Api?.Organization ?? "DSN";
}
