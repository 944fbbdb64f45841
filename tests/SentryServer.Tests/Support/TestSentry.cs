using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.SentryServer.Tests.Support;

/// <summary>An answer whose body was read.</summary>
internal sealed record Answer(int Status, byte[] Bytes, HttpResponseMessage Message)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Header(string name) => Message.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

/// <summary>A server in this process on free ports, with a clock that moves by hand, a token that may do everything and the project "orders".</summary>
internal sealed class TestSentry : IAsyncDisposable
{
    public const string Token = "sntryi_all-powerful";
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    private TestSentry(SentryServerHost host, FakeTimeProvider time) => (Host, Time) = (host, time);

    public SentryServerHost Host { get; }

    public FakeTimeProvider Time { get; }

    public SentryState State => Host.State;

    public Project Orders => State.Projects.Find("orders")!;

    public string OrdersKey => State.Keys.OfProject(Orders.Id)[^1].Public;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<TestSentry> StartAsync(Modes? modes = null, Func<SentryServerOptions, SentryServerOptions>? configure = null)
    {
        var time = new FakeTimeProvider();
        var options = new SentryServerOptions
        {
            TimeProvider = time,
            Modes = modes ?? new Modes(),
            Projects = ["orders"],
            Tokens = [new AccessToken(Token, "org:write", "project:admin", "team:admin")],
        };
        return new TestSentry(await SentryServerHost.StartAsync(configure?.Invoke(options) ?? options, Cancelled), time);
    }

    /// <summary>Calls the management API below /api/0/.</summary>
    public Task<Answer> CallAsync(string method, string path, string? body = null, string? token = Token) =>
        RawAsync(method, $"{Host.ManagementUrl.AbsoluteUri.TrimEnd('/')}/api/0/{path}", body, request => request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token));

    /// <summary>Calls the control plane below /_stand-in/.</summary>
    public Task<Answer> ControlAsync(string method, string path, string? body = null) => RawAsync(method, $"{Host.ControlUrl}_stand-in/{path}", body);

    /// <summary>Sends an export for "orders" with everything in order, unless <paramref name="change"/> spoils it.</summary>
    public Task<Answer> ExportAsync(Signal signal = Signal.Traces, byte[]? body = null, Action<HttpRequestMessage>? change = null, string? key = null, string? project = null, string contentType = "application/x-protobuf")
    {
        var name = signal == Signal.Traces ? "traces" : "logs";
        var content = new ByteArrayContent(body ?? (signal == Signal.Traces ? Otlp.Traces("orders", "GET /") : Otlp.Logs("orders", "hello")));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Host.IngestUrl.AbsoluteUri.TrimEnd('/')}/api/{project ?? $"{Orders.Id}"}/integration/otlp/v1/{name}") { Content = content };
        request.Headers.TryAddWithoutValidation("X-Sentry-Auth", $"Sentry sentry_key={key ?? OrdersKey}");
        change?.Invoke(request);
        return SendAsync(request);
    }

    public async Task<Answer> RawAsync(string method, string url, string? body = null, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        change?.Invoke(request);
        return await SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var response = await _client.SendAsync(request, Cancelled);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(Cancelled), response);
    }
}
