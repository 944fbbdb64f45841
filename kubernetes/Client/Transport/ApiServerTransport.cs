using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client.Credentials;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>
/// Connections to the API server. Certificates in files are looked at every five minutes, those of a credential program
/// at each request; when they have changed, requests from then on go over new connections.
/// </summary>
internal sealed class ApiServerTransport : IDisposable
{
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly KubernetesClientConfiguration _configuration;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private TlsMaterial _material;
    private HttpMessageInvoker _current;
    private HttpMessageInvoker? _previous;
    private Credential _credential = Credential.None;
    private long _checkedAt;

    public ApiServerTransport(KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger logger)
    {
        _configuration = configuration;
        _timeProvider = timeProvider;
        _logger = logger;
        try
        {
            _material = Read(Credential.None);
            _current = Connect(_material);
        }
        catch (Exception exception) when (IsCertificateFault(exception))
        {
            throw new KubernetesConfigurationException(
                $"The certificates for {configuration.Host} can not be used: {exception.Message}", exception);
        }

        _checkedAt = timeProvider.GetTimestamp();
    }

    /// <summary>The connections to use for a request that is sent with <paramref name="credential"/>.</summary>
    public HttpMessageInvoker For(Credential credential)
    {
        lock (_gate)
        {
            var due = _timeProvider.GetElapsedTime(_checkedAt) >= ReloadInterval;
            if (due || !ReferenceEquals(credential, _credential))
            {
                _checkedAt = due ? _timeProvider.GetTimestamp() : _checkedAt;
                _credential = credential;
                Reload(credential);
            }

            return _current;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _current.Dispose();
            _previous?.Dispose();
        }
    }

    private static bool IsCertificateFault(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private void Reload(Credential credential)
    {
        try
        {
            var material = Read(credential);
            if (material == _material)
            {
                return;
            }

            var next = Connect(material);
            // The one before the last is idle by now; the last may still be needed by a request that just took it.
            _previous?.Dispose();
            _previous = _current;
            _current = next;
            _material = material;
            Log.CertificatesChanged(_logger);
        }
        catch (Exception exception) when (IsCertificateFault(exception))
        {
            Log.CertificatesNotReread(_logger, exception.Message);
        }
    }

    private TlsMaterial Read(Credential credential) => new(
        _configuration.CertificateAuthority?.Read(),
        credential.CertificatePem ?? _configuration.ClientCertificate?.Read(),
        credential.KeyPem ?? _configuration.ClientKey?.Read());

    private HttpMessageInvoker Connect(TlsMaterial material)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = material.ToOptions(_configuration),
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            EnableMultipleHttp2Connections = true,
            // A peer that died silently is noticed in 45 seconds, not when TCP gives up.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };
        if (_configuration.TlsServerName is { } name)
        {
            handler.ConnectCallback = new NamedTlsConnector(_configuration.Host, name, handler.SslOptions).ConnectAsync;
        }

        if (_configuration.ProxyUrl is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy);
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}
