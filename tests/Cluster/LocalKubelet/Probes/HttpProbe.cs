using System.Globalization;
using System.Text.Json;
using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Pods;

namespace SentryOtel.Cluster.Probes;

/// <summary>Asks a container's HTTP probe, as the kubelet does: 200 to 399 is success, certificates are not verified.</summary>
internal sealed class HttpProbe : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly HttpGetAction _action;

    internal HttpProbe(Probe probe, Container container, string podIP)
    {
        _action = probe.HttpGet ?? throw ContainerConfigurationException.Unsupported($"a probe of container {container.Name} that is not httpGet");
        var path = _action.Path.StartsWith('/') ? _action.Path : "/" + _action.Path;
#pragma warning disable CA5359 // A probe is no client of the service: the kubelet does not check certificates either.
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            Timeout = TimeSpan.FromSeconds(probe.TimeoutSeconds),
        };
#pragma warning restore CA5359
        _url = new Uri($"{_action.Scheme}://{_action.Host ?? podIP}:{Port(_action.Port, container).ToString(CultureInfo.InvariantCulture)}{path}");
    }

    /// <summary>Null when healthy; otherwise why not.</summary>
    internal async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _url);
            request.Headers.UserAgent.ParseAdd("kube-probe/1.20");
            foreach (var header in _action.HttpHeaders)
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {_http.Timeout.TotalSeconds} s";
        }
    }

    public void Dispose() => _http.Dispose();

    private static int Port(JsonElement port, Container container) => port.ValueKind == JsonValueKind.Number
        ? port.GetInt32()
        : container.Ports.FirstOrDefault(candidate => candidate.Name == port.GetString())?.ContainerPort
            ?? throw new ContainerConfigurationException("CreateContainerConfigError", $"a probe names port \"{port}\", which container {container.Name} does not have");
}
