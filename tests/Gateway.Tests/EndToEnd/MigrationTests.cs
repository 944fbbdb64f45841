using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Hosting;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.EndToEnd;

/// <summary>The file of examples/ that comes from a Collector, run by the program as it is.</summary>
[Trait("Category", "Processes")]
public sealed class MigrationTests
{
    private const string Token = "sntryi_0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway");
    private static readonly string File = RepositoryFiles.PathOf("examples/otelcol-migration.yaml");

    [Fact]
    public async Task File_of_a_Collector_runs_unchanged()
    {
        // Given a Sentry with one of the projects, and a gateway that knows it from the environment alone
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = ["ecommerce-orders"], Tokens = [new AccessToken(Token)] }, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("gateway-migration-");
        int[] ports = [LoopbackPort.Free(), LoopbackPort.Free(), LoopbackPort.Free(), LoopbackPort.Free()];
        var gateway = LocalProcess.Start(Program, ["--config", File], Path.Combine(folder.FullName, "log"), Environment(sentry.ManagementUrl.ToString(), ports));
        using var client = new HttpClient();

        // When a mapped service and one that Sentry does not know send
        await Eventually.HoldsAsync(
            async () => gateway.HasExited || (await client.GetAsync(Address(ports[2], "/"), cancellationToken)).IsSuccessStatusCode, Patience, "the gateway", cancellationToken);
        Assert.False(gateway.HasExited, gateway.LogTail());
        await SendAsync(client, Address(ports[1], "/v1/traces"), Requests.Traces(("orders-service", ["mapped"]), ("checkout", ["new"])));
        await SendAsync(client, Address(ports[1], "/v1/logs"), Requests.Logs("orders-service", "a line"));

        // Then each is in its project
        await Eventually.HoldsAsync(
            () => sentry.State.Received.Spans("ecommerce-orders").Any(span => span.Name == "mapped")
                && sentry.State.Received.Spans("checkout").Any(span => span.Name == "new")
                && sentry.State.Received.Logs("ecommerce-orders").Any(log => log.Body == "a line"),
            Patience,
            "everything in its project",
            cancellationToken);
        await gateway.StopAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(0, await gateway.Exited);
        await gateway.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Validate_prints_what_would_run_and_says_so_by_its_exit_code()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-migration-");
        var right = await ValidateAsync(folder, Environment("https://sentry.example", [1, 2, 3, 4]));
        var wrong = await ValidateAsync(folder, Environment("ftp://sentry.example", [1, 2, 3, 4]));
        folder.Delete(recursive: true);

        Assert.Equal(GatewayCommand.Success, right.Code);
        Assert.Contains("pipeline traces: otlp -> sentry", right.Output, StringComparison.Ordinal);
        Assert.Contains("OTLP/gRPC at 127.0.0.1:1", right.Output, StringComparison.Ordinal);
        Assert.Contains("projects of acme at https://sentry.example/, missing ones are created", right.Output, StringComparison.Ordinal);
        Assert.Contains("by service.name, 2 values mapped to projects", right.Output, StringComparison.Ordinal);
        Assert.Contains("traces: batches of 1024 after at most 1 s", right.Output, StringComparison.Ordinal);
        Assert.Contains("warning: exporters.sentry.sending_queue.queue_size", right.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, right.Output, StringComparison.Ordinal);
        Assert.Equal(GatewayCommand.InvalidConfiguration, wrong.Code);
        Assert.Contains("25:5: error: exporters.sentry.url: must be an http or https address", wrong.Output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> ValidateAsync(DirectoryInfo folder, IReadOnlyDictionary<string, string> environment)
    {
        var log = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        await using var gateway = LocalProcess.Start(Program, ["--config", File, "--validate"], log, environment);
        var code = await gateway.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (code, await System.IO.File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
    }

    private static async Task SendAsync(HttpClient client, Uri address, byte[] request)
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.PostAsync(address, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Uri Address(int port, string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"));

    private static Dictionary<string, string> Environment(string url, int[] ports)
    {
        var environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
        string[] names = ["OTLP_GRPC_ENDPOINT", "OTLP_HTTP_ENDPOINT", "HEALTH_ENDPOINT", "METRICS_ENDPOINT"];
        foreach (var (name, port) in names.Zip(ports))
        {
            environment[name] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        }

        (environment["SENTRY_URL"], environment["SENTRY_ORG_SLUG"], environment["SENTRY_AUTH_TOKEN"]) = (url, "acme", Token);
        return environment;
    }
}
