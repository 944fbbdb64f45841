using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Telemetry;

/// <summary>
/// A gateway with every kind of secret that can be configured, through everything that can go wrong on the way, among it servers that answer with the request that they got.
/// None of the secrets is in what the gateway says, wherever it says it.
/// </summary>
public sealed class SecretsTests : IAsyncDisposable
{
    private static readonly string[] Ways = ["200", "302", "400", "401", "403", "404", "409", "413", "418", "429", "500", "503", "reset", "hang"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string> _secrets = [];
    private readonly TestCertificates _authority = new();
    private readonly EveryLogLine _log = new();
    private readonly StringBuilder _said = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
    });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_the_gateway_says_holds_a_secret()
    {
        await using var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = ["orders"], Tokens = [new AccessToken(Secret("token", "sntryi_4711aabbccddeeff"))] }, Cancelled);
        await using var echo = await EchoServer.StartAsync();
        await using var proxy = await RecordingProxy.StartAsync("gateway", "another password");
        await using var monitor = await RunningReceiver.StartAsync();
        monitor.Pipeline.Handled.Add(OtlpSignal.Metrics);
        foreach (var key in sentry.State.Keys.All())
        {
            _secrets[$"key of {key.ProjectId}"] = key.Public;
        }

        var yaml = Yaml(sentry, echo, proxy, monitor);
        var read = ConfigurationFile.Read(yaml, _ => null, _ => throw new FileNotFoundException(), 1L << 30);
        Assert.DoesNotContain(read.Problems, problem => problem.IsError);
        _said.AppendJoin('\n', read.Problems).AppendLine(ConfigurationSummary.Of(read.Configuration!));
        using var loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        await using (var host = new GatewayHost(read.Configuration!, new GatewayServices { LoggerFactory = loggers }))
        {
            await host.StartAsync(Cancelled);
            await SendAsync(host, Requests.Traces(("orders", ["a"]), ("unknown", ["b"]), (null, ["c"])), "/v1/traces");
            await SendAsync(host, Requests.Logs("orders", "one"), "/v1/logs");
            await SendAsync(host, SampleTelemetry.Metrics(3), "/v1/metrics");

            // Everything was tried: each way by ingest, by the API and by the destination of metrics.
            await UntilAsync(() => sentry.State.Received.Spans("orders").Length > 0, "a span that arrives");
            foreach (var way in Ways)
            {
                await UntilAsync(() => Asked(echo, way, "/integration/otlp/v1/traces") && Asked(echo, way, "/v1/metrics") && Asked(echo, way, "/api/0/"), $"{way} by all three");
            }

            await UntilAsync(() => proxy.Refused.Any(address => address.Scheme == "https") && proxy.Refused.Any(address => address.Scheme == "http"), "the proxy");
            await UntilAsync(() => monitor.Pipeline.Requests.Any(request => request.Signal == OtlpSignal.Metrics) && monitor.Pipeline.Requests.Any(request => request.Signal == OtlpSignal.Traces), "pushed telemetry");
            await UntilAsync(() => Ways.Except(["200", "hang", "reset"]).All(way => _log.Lines.Any(line => line.Contains($"sentry/{way}", StringComparison.Ordinal))), "a line of each failure");
            foreach (var path in new[] { "/metrics", "/routes", "/" })
            {
                await GetAsync(new Uri(host.MetricsAddress!, path));
            }

            await GetAsync(new Uri(host.HealthAddress!, "/readyz?verbose"));
            await SayWhatIsWrongAsync(host, yaml);
            await host.StopAsync();
        }

        var said = _said.AppendJoin('\n', _log.Lines)
            .AppendJoin('\n', monitor.Pipeline.Requests.Select(request => Encoding.Latin1.GetString(request.Request)))
            .ToString();
        Assert.Contains(SentryOtel.Sentry.Api.EchoedSecrets.Hidden, said, StringComparison.Ordinal);
        Assert.All(_secrets, secret => Assert.False(said.Contains(secret.Value, StringComparison.OrdinalIgnoreCase), $"{secret.Key} in: {Around(said, secret.Value)}"));
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _authority.Dispose();
        _log.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool Asked(EchoServer echo, string way, string path) =>
        echo.Paths.Any(asked => asked.StartsWith($"/{way}/", StringComparison.Ordinal) && asked.Contains(path, StringComparison.Ordinal));

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, Patience, what, Cancelled);

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? string.Empty : text[Math.Max(0, at - 300)..Math.Min(text.Length, at + secret.Length + 100)];
    }

    private string Secret(string name, string value)
    {
        _secrets[name] = value;
        return value;
    }

    // What is said of a file that is wrong, next to its secrets.
    private async Task SayWhatIsWrongAsync(GatewayHost host, string yaml)
    {
        string[] wrong =
        [
            yaml.Replace("auth_token:", "auth_tokn:", StringComparison.Ordinal),
            yaml.Replace("dsn: http:", "dsn: ftp:", StringComparison.Ordinal),
            yaml.Replace("proxy_url: 'http:", "proxy_url: 'smtp:", StringComparison.Ordinal),
            yaml.Replace("key_pem: \"-----BEGIN", "key_pem: \"-----WRONG", StringComparison.Ordinal),
            yaml.Replace("token: ", "token: [", StringComparison.Ordinal),
            yaml.Replace("inline: \"reader:", "inline: \"", StringComparison.Ordinal),
            yaml.Replace("headers: {", "headers: {Host: x, ", StringComparison.Ordinal),
            yaml.Replace("endpoint: 'http://", "endpoint: 'http://user:" + Secret("password of an endpoint", "endpoint-secret-4711") + "@", StringComparison.Ordinal),
        ];
        foreach (var text in wrong)
        {
            Assert.NotEqual(yaml, text);
            var read = ConfigurationFile.Read(text, _ => null, _ => throw new FileNotFoundException(), 1L << 30);
            Assert.Contains(read.Problems, problem => problem.IsError);
            _said.AppendJoin('\n', read.Problems).AppendLine();
        }

        // And of what a reload changes.
        var changed = ConfigurationFile.Read(yaml.Replace(_secrets["token"], Secret("another token", "sntryi_0815ffeeddccbbaa"), StringComparison.Ordinal), _ => null, _ => throw new FileNotFoundException(), 1L << 30);
        _said.AppendJoin('\n', (await host.ReloadAsync(changed.Configuration!, Cancelled)).Paths).AppendLine();
    }

    // The gateway is not ready, since Sentry's API fails for some exporters: that answer says why.
    private async Task GetAsync(Uri address)
    {
        using var response = await _client.GetAsync(address, Cancelled);
        var said = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.NotEmpty(said);
        _said.AppendLine(said);
    }

    // By each entrance with right and with wrong credentials, and what the clients are told.
    private async Task SendAsync(GatewayHost host, byte[] request, string path)
    {
        foreach (var (entrance, credentials) in new[]
        {
            ($"https://{host.Receivers["otlp"].Http}", $"Bearer {_secrets["bearer token"]}"),
            ($"https://{host.Receivers["otlp"].Http}", $"Bearer {Secret("wrong bearer token", "wrong-bearer-token-4711")}"),
            ($"http://{host.Receivers["otlp/basic"].Http}", $"Basic {Basic(_secrets["password of a client"])}"),
            ($"http://{host.Receivers["otlp/basic"].Http}", $"Basic {Basic(Secret("wrong password of a client", "wrong-password-4711"))}"),
        })
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(entrance), path)) { Content = new ByteArrayContent(request) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            message.Headers.TryAddWithoutValidation("Authorization", credentials);
            using var response = await _client.SendAsync(message, Cancelled);
            _said.AppendLine($"{response}").AppendLine(Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(Cancelled)));
        }
    }

    private string Basic(string password) => Secret($"basic {password}", Convert.ToBase64String(Encoding.UTF8.GetBytes($"reader:{password}")));

    private string Yaml(SentryServerHost sentry, EchoServer echo, RecordingProxy proxy, RunningReceiver monitor)
    {
        var (certificate, key, _) = _authority.Server();
        var serverKey = Pem("server key", key);
        using var client = _authority.Client();
        using var clientKey = client.GetECDsaPrivateKey()!;
        var tls = $"tls: {{cert_pem: \"{Line(client.ExportCertificatePem())}\", key_pem: \"{Pem("client key", clientKey.ExportPkcs8PrivateKeyPem())}\"}}";
        var header = Secret("header", "header-secret-4711");
        var forward = Secret("header of forward_to", "forward-secret-4711");
        var push = Secret("header of the push", "push-secret-4711");
        var exporters = new StringBuilder();
        foreach (var (way, index) in Ways.Select((way, index) => (way, index)))
        {
            var dsn = Secret($"key of {way}", $"{index:d2}{new string((char)('a' + (index % 6)), 30)}");
            exporters.AppendLine($$"""
                  sentry/{{way}}:
                    dsn: http://{{dsn}}@{{echo.Authority}}/{{way}}/4711
                    timeout: 500ms
                    http: {headers: {X-Gate: {{header}} }, {{tls}} }
                    retry_on_failure: {initial_interval: 20ms, max_interval: 100ms, max_elapsed_time: 2s}
                    metrics: {forward_to: {endpoint: 'http://{{echo.Authority}}/{{way}}', timeout: 500ms, headers: {authorization: Bearer {{forward}} }, {{tls}} } }
                  sentry/api-{{way}}:
                    url: http://{{echo.Authority}}/{{way}}
                    org_slug: acme
                    auth_token: {{_secrets["token"]}}
                    http: {timeout: 500ms, headers: {X-Gate: {{header}} } }
                """);
        }

        var password = Uri.EscapeDataString(Secret("password of the proxy", "proxy-secret-4711"));
        var targets = string.Join(", ", Ways.Select(way => $"sentry/{way}"));
        var pushed = $"{{otlp: {{protocol: http/protobuf, endpoint: '{monitor.Http}', headers: [{{name: authorization, value: 'Bearer {push}'}}]}}}}";
        return $$"""
            receivers:
              otlp: {protocols: {http: {endpoint: "127.0.0.1:0", auth: {authenticator: bearertokenauth}, tls: {cert_pem: "{{Line(certificate)}}", key_pem: "{{serverKey}}"} } } }
              otlp/basic: {protocols: {http: {endpoint: "127.0.0.1:0", auth: {authenticator: basicauth} } } }
            processors: {batch: {timeout: 20ms} }
            extensions:
              health_check: {endpoint: "127.0.0.1:0"}
              bearertokenauth: {token: {{Secret("bearer token", "bearer-secret-4711")}} }
              basicauth: {htpasswd: {inline: "reader:{{Secret("password of a client", "client-secret-4711")}}"} }
            exporters:
              sentry:
                url: {{sentry.ManagementUrl}}
                org_slug: acme
                auth_token: {{_secrets["token"]}}
                http: {headers: {X-Gate: {{header}} }, {{tls}} }
              sentry/proxied:
                dsn: http://{{Secret("key behind the proxy", new string('e', 32))}}@192.0.2.1/4711
                http: {proxy_url: 'http://gateway:{{password}}@{{proxy.Authority}}'}
              sentry/tunnelled:
                url: https://192.0.2.1
                org_slug: acme
                auth_token: {{_secrets["token"]}}
                http: {proxy_url: 'http://gateway:{{password}}@{{proxy.Authority}}'}
            {{exporters}}
            service:
              drain_timeout: 1s
              extensions: [health_check, bearertokenauth, basicauth]
              telemetry:
                logs: {level: debug}
                metrics: {address: "127.0.0.1:0", readers: [{periodic: {interval: 200, exporter: {{pushed}} } }]}
                traces: {processors: [{batch: {schedule_delay: 100, exporter: {{pushed}} } }]}
              pipelines:
                traces: {receivers: [otlp, otlp/basic], processors: [batch], exporters: [sentry, sentry/proxied, sentry/tunnelled, {{targets}}, {{string.Join(", ", Ways.Select(way => $"sentry/api-{way}"))}}]}
                logs: {receivers: [otlp, otlp/basic], processors: [batch], exporters: [sentry, {{targets}}]}
                metrics: {receivers: [otlp, otlp/basic], exporters: [{{targets}}]}
            """;
    }

    // A key's second line is its own; the first is the same for many.
    private string Pem(string name, string pem)
    {
        Secret(name, pem.Split('\n')[2]);
        return Line(pem);
    }

    private static string Line(string pem) => pem.ReplaceLineEndings("\\n");
}
