using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Credentials;

/// <summary>
/// From an exporter to Sentry: reads its Secrets each time, and keeps one client per exporter for as long as they and the settings stay the same.
/// Clients of one token share one budget of requests.
/// </summary>
internal sealed class ExporterConnections(IKubernetesClient client, TimeProvider timeProvider, Random random, ILoggerFactory loggerFactory) : IDisposable
{
    private readonly SecretReader _secrets = new(client);
    private readonly ConcurrentDictionary<ObjectKey, ExporterConnection> _connections = new();
    private readonly ConcurrentDictionary<string, SentryApiBudget> _budgets = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<IDisposable> _owned = [];

    /// <summary>The exporter's connection; credentials that are missing or malformed are an error in it. Asks Sentry nothing.</summary>
    /// <exception cref="KubernetesException">The API server failed.</exception>
    public async Task<ExporterConnection> GetAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        var (key, space, spec) = (ObjectKey.Of(exporter), exporter.Metadata.Namespace!, exporter.Spec);
        if (spec.DsnSecretRef is { } dsnReference)
        {
            var text = await _secrets.ReadAsync(space, dsnReference, cancellationToken).ConfigureAwait(false);
            return text.TryGet(out var dsn, out var missing) ? ToDsn(dsn, space, dsnReference) : ExporterConnection.Failed(missing);
        }

        if (spec.OrgSlug is not { } organization || spec.AuthTokenSecretRef is not { } tokenReference)
        {
            return ExporterConnection.Failed(new CredentialError(CredentialReasons.InvalidSpec, "spec names neither orgSlug with authTokenSecretRef nor dsnSecretRef"));
        }

        var token = await _secrets.ReadAsync(space, tokenReference, cancellationToken).ConfigureAwait(false);
        if (!token.TryGet(out var tokenText, out var tokenError))
        {
            return ExporterConnection.Failed(tokenError);
        }

        string? authorities = null;
        if (spec.Http.Tls?.CaFrom is { } source)
        {
            var bundle = await _secrets.ReadAsync(space, source, cancellationToken).ConfigureAwait(false);
            if (!bundle.TryGet(out authorities, out var bundleError))
            {
                return ExporterConnection.Failed(bundleError);
            }
        }

        return Connect(key, spec, organization, new SentryToken(tokenText), authorities);
    }

    /// <summary>The exporter is gone.</summary>
    public void Forget(ObjectKey exporter) => _connections.TryRemove(exporter, out _);

    public void Dispose()
    {
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }

    private static ExporterConnection ToDsn(string text, string space, SecretKeyReference reference) =>
        Dsn.TryParse(text.Trim(), out var dsn, out var error)
            ? ExporterConnection.To(dsn, Hash(text))
            : ExporterConnection.Failed(new CredentialError(
                CredentialReasons.InvalidDsn, $"key \"{reference.Key}\" of Secret {space}/{reference.Name} is no DSN: {error}"));

    private ExporterConnection Connect(ObjectKey key, SentryExporterSpec spec, string organization, SentryToken token, string? authorities)
    {
        if (!token.IsWellFormed)
        {
            return ExporterConnection.Failed(new CredentialError(
                CredentialReasons.InvalidToken, "the token in authTokenSecretRef holds characters that no Sentry token has: check for line breaks and quotes"));
        }

        var settings = JsonSerializer.Serialize(spec.Http, CrdJsonContext.Default.HttpSpec);
        var fingerprint = Hash(string.Join('\n', spec.Url, organization, token.Fingerprint, spec.Timeout, settings, authorities));
        if (_connections.TryGetValue(key, out var known) && known.Fingerprint == fingerprint)
        {
            return known;
        }

        try
        {
            var connection = ExporterConnection.To(Client(spec, organization, token, authorities), fingerprint);
            _connections[key] = connection;
            return connection;
        }
        catch (CryptographicException exception)
        {
            return ExporterConnection.Failed(new CredentialError(CredentialReasons.CertificateAuthorityInvalid, $"http.tls.caFrom: {exception.Message}"));
        }
    }

    private SentryApiClient Client(SentryExporterSpec spec, string organization, SentryToken token, string? authorities)
    {
        var handler = new SentryHttpOptions
        {
            CertificateAuthorities = authorities,
            ServerName = spec.Http.Tls?.ServerName,
            InsecureSkipVerify = spec.Http.Tls?.InsecureSkipVerify ?? false,
            ProxyUrl = spec.Http.ProxyUrl is { } proxy ? new Uri(proxy) : null,
        }.CreateHandler();
        _owned.Add(handler);
        var options = new SentryApiOptions
        {
            Url = new Uri(spec.Url),
            Organization = organization,
            Token = token,
            Timeout = GoDuration.Parse(spec.Timeout),
            Headers = spec.Http.Headers ?? [],
        };
        var budget = _budgets.GetOrAdd($"{spec.Url}\n{token.Fingerprint}", _ => NewBudget());
        var api = new SentryApiClient(options, handler, budget, timeProvider, random, loggerFactory.CreateLogger<SentryApiClient>());
        _owned.Add(api);
        return api;
    }

    private SentryApiBudget NewBudget()
    {
        var budget = new SentryApiBudget(timeProvider, random);
        _owned.Add(budget);
        return budget;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
