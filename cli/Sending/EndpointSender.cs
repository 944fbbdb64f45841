using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;

namespace SentryOtel.Cli.Sending;

/// <summary>To an address that is reachable from here.</summary>
internal sealed class EndpointSender : ISender, IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _endpoint;

    /// <param name="endpoint">Base address of OTLP over HTTP.</param>
    /// <param name="token">Bearer token; null for none.</param>
    /// <param name="skipVerify">Take any certificate, as somebody asked for.</param>
    [SuppressMessage("Security", "CA5359", Justification = "Only when --insecure-skip-tls-verify says so: a forwarded port has another name than the certificate.")]
    public EndpointSender(Uri endpoint, string? token, bool skipVerify)
    {
        _endpoint = endpoint;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (skipVerify)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }

        _http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    public string Target => _endpoint.ToString().TrimEnd('/');

    public async Task<SendAnswer> SendAsync(string path, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(new Uri(_endpoint.AbsoluteUri.TrimEnd('/') + path), content, cancellationToken);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? ExportAnswer.OfSuccess(answer)
                : ExportAnswer.OfFailure((int)response.StatusCode, System.Text.Encoding.UTF8.GetString(answer));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new SendAnswer(exception.InnerException?.Message ?? exception.Message, "Is the address that of OTLP over HTTP (port 4318), and reachable from here?");
        }
    }

    public void Dispose() => _http.Dispose();
}
