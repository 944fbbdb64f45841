using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.References;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Credentials;

/// <summary>
/// From an exporter to Sentry: reads its Secrets, and keeps one client per exporter for as long as they and the settings stay the same. While the Secrets are followed
/// and known not to have changed, they are not read again.
/// </summary>
/// <param name="client">Where the Secrets are.</param>
/// <param name="timeProvider">Clock of the clients.</param>
/// <param name="random">Jitter of the clients.</param>
/// <param name="loggerFactory">Logs of the clients.</param>
/// <param name="references">What follows the Secrets; null where nobody does.</param>
internal sealed class ExporterConnections(
    IKubernetesClient client, TimeProvider timeProvider, Random random, ILoggerFactory loggerFactory, ReferencedObjects? references = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ObjectKey, Known> _known = new();

    /// <summary>The clients behind the connections.</summary>
    public SentryClients Clients { get; } = new(timeProvider, random, loggerFactory);

    /// <summary>The exporter's connection; credentials that are missing or malformed are an error in it. Asks Sentry nothing, and the API server only when it must.</summary>
    /// <exception cref="KubernetesException">The API server failed.</exception>
    public async Task<ExporterConnection> GetAsync(SentryExporter exporter, CancellationToken cancellationToken) =>
        Refuse(exporter) is { } refusal ? ExporterConnection.Failed(refusal)
        : _known.TryGetValue(ObjectKey.Of(exporter), out var known) && known.Settings == SettingsOf(exporter.Spec) && IsStill(known.Versions)
            ? known.Connection
            : await ReadAsync(exporter, new SecretReader(client), cancellationToken).ConfigureAwait(false);

    /// <summary>As <see cref="GetAsync"/>, from what a pass reads.</summary>
    /// <exception cref="KubernetesException">The API server failed.</exception>
    public async Task<ExporterConnection> ReadAsync(SentryExporter exporter, SecretReader secrets, CancellationToken cancellationToken)
    {
        var (space, spec) = (exporter.Metadata.Namespace!, exporter.Spec);
        if (Refuse(exporter) is { } refusal)
        {
            return ExporterConnection.Failed(refusal);
        }

        if (spec.DsnSecretRef is { } dsnReference)
        {
            var text = await secrets.ReadAsync(space, dsnReference, cancellationToken).ConfigureAwait(false);
            return text.TryGet(out var dsn, out var missing)
                ? Keep(exporter, secrets, ToDsn(dsn, space, dsnReference))
                : ExporterConnection.Failed(missing);
        }

        if (spec.OrgSlug is not { } organization || spec.AuthTokenSecretRef is not { } tokenReference)
        {
            return ExporterConnection.Failed(new CredentialError(CredentialReasons.InvalidSpec, "spec names neither orgSlug with authTokenSecretRef nor dsnSecretRef"));
        }

        var token = await secrets.ReadAsync(space, tokenReference, cancellationToken).ConfigureAwait(false);
        if (!token.TryGet(out var tokenText, out var tokenError))
        {
            return ExporterConnection.Failed(tokenError);
        }

        string? authorities = null;
        if (spec.Http.Tls?.CaFrom is { } source)
        {
            var bundle = await secrets.ReadAsync(space, source, cancellationToken).ConfigureAwait(false);
            if (!bundle.TryGet(out authorities, out var bundleError))
            {
                return ExporterConnection.Failed(bundleError);
            }
        }

        return Keep(exporter, secrets, Connect(exporter, organization, new SentryToken(tokenText), authorities));
    }

    /// <summary>Why no way leads to Sentry, whatever the credentials: settings that are out of bounds; null when none is.</summary>
    public static CredentialError? Refuse(SentryExporter exporter) => SettingBounds.OfConnection(exporter.Spec).ToList() is [_, ..] errors
        ? new CredentialError(CredentialReasons.InvalidSpec, $"SentryExporter {ObjectKey.Of(exporter)}: {string.Join("; ", errors)}")
        : null;

    /// <summary>The exporter is gone.</summary>
    public void Forget(ObjectKey exporter)
    {
        if (_known.TryRemove(exporter, out var known))
        {
            Retire(known.Connection, successor: null);
        }
    }

    public void Dispose() => Clients.Dispose();

    private static ExporterConnection ToDsn(string text, string space, SecretKeyReference reference) =>
        Dsn.TryParse(text.Trim(), out var dsn, out var error)
            ? ExporterConnection.To(dsn, Hash(text))
            : ExporterConnection.Failed(new CredentialError(
                CredentialReasons.InvalidDsn, $"key \"{reference.Key}\" of Secret {space}/{reference.Name} is no DSN: {error}"));

    private ExporterConnection Connect(SentryExporter exporter, string organization, SentryToken token, string? authorities)
    {
        if (!token.IsWellFormed)
        {
            return ExporterConnection.Failed(new CredentialError(
                CredentialReasons.InvalidToken, "the token in authTokenSecretRef holds characters that no Sentry token has: check for line breaks and quotes"));
        }

        var fingerprint = Hash(string.Join('\n', SettingsOf(exporter.Spec), token.Fingerprint, authorities));
        if (_known.TryGetValue(ObjectKey.Of(exporter), out var known) && known.Connection.Fingerprint == fingerprint)
        {
            return known.Connection;
        }

        try
        {
            return ExporterConnection.To(Clients.Create(exporter.Spec, organization, token, authorities), fingerprint);
        }
        catch (CryptographicException exception)
        {
            return ExporterConnection.Failed(new CredentialError(CredentialReasons.CertificateAuthorityInvalid, $"http.tls.caFrom: {exception.Message}"));
        }
    }

    /// <summary>What works is kept, in place of what was there; what does not leaves the client before as it is, until there is another.</summary>
    private ExporterConnection Keep(SentryExporter exporter, SecretReader secrets, ExporterConnection connection)
    {
        if (connection.Error is not null)
        {
            return connection;
        }

        var key = ObjectKey.Of(exporter);
        var versions = ExporterReferences.OfConnection(exporter).ToDictionary(static reference => reference, reference => secrets.Versions[reference]);
        lock (_gate)
        {
            var before = _known.GetValueOrDefault(key)?.Connection;
            if (before?.Fingerprint == connection.Fingerprint)
            {
                // Two passes made the same at the same time.
                Retire(connection, before);
                connection = before;
            }

            _known[key] = new Known(connection, SettingsOf(exporter.Spec), versions);
            Retire(before, connection);
        }

        return connection;
    }

    private void Retire(ExporterConnection? connection, ExporterConnection? successor)
    {
        if (connection?.Api is { } api && api != successor?.Api)
        {
            Clients.Retire(api);
        }
    }

    private bool IsStill(IReadOnlyDictionary<ObjectReference, string> versions) =>
        references is not null && versions.All(read => references.IsStill(read.Key, read.Value));

    /// <summary>All of a spec that a connection is made from, beside the content of Secrets.</summary>
    private static string SettingsOf(SentryExporterSpec spec) => string.Join(
        '\n',
        spec.Url,
        spec.OrgSlug,
        spec.Timeout,
        JsonSerializer.Serialize(spec.Http, CrdJsonContext.Default.HttpSpec),
        Name(spec.AuthTokenSecretRef),
        Name(spec.DsnSecretRef));

    private static string Name(SecretKeyReference? reference) => $"{reference?.Name}/{reference?.Key}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    private sealed record Known(ExporterConnection Connection, string Settings, IReadOnlyDictionary<ObjectReference, string> Versions);
}
