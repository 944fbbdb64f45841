using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SentryOtel.Operator.Traffic;

/// <summary>Asks a gateway for <c>/routes</c>. Whatever goes wrong is an answer too; it never throws but for a stop.</summary>
/// <param name="handler">The way to pods.</param>
/// <param name="timeout">Longest wait for a whole answer.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class GatewayReader(HttpMessageHandler handler, TimeSpan timeout, TimeProvider timeProvider) : IDisposable
{
    /// <summary>Some twenty thousand projects and signals.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The way to pods: never through a proxy, and never on to where an answer points.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <summary>Where a pod tells its routes.</summary>
    public static Uri AddressOf(IPAddress pod, int port) => new UriBuilder(Uri.UriSchemeHttp, pod.ToString(), port, "/routes").Uri;

    public async Task<GatewayAnswer> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? await ReadAsync(response.Content, either.Token).ConfigureAwait(false)
                : GatewayAnswer.Failed(ReadFailure.Refused, string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}"));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return GatewayAnswer.Failed(ReadFailure.TimedOut, string.Create(CultureInfo.InvariantCulture, $"no whole answer within {timeout.TotalSeconds} s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return GatewayAnswer.Failed(ReadFailure.Unreachable, exception.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<GatewayAnswer> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new LimitedStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), MaxBytes);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                var document = await JsonSerializer.DeserializeAsync(body, GatewayDocumentJson.Default.GatewayDocument, cancellationToken).ConfigureAwait(false);
                return document?.Exporters is null
                    ? GatewayAnswer.Failed(ReadFailure.Malformed, "no exporters in the answer")
                    : GatewayAnswer.Of(document.Bounded());
            }
            catch (JsonException exception)
            {
                return GatewayAnswer.Failed(ReadFailure.Malformed, exception.Message);
            }
            catch (IOException exception) when (body.IsExceeded)
            {
                return GatewayAnswer.Failed(ReadFailure.TooLarge, exception.Message);
            }
        }
    }
}
