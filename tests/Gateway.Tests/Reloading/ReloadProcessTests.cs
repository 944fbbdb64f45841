using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Cluster.Processes;
using SentryOtel.Cluster.Volumes;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>The program itself: SIGHUP, and a file that changes as a mounted ConfigMap does.</summary>
[Trait("Category", "Processes")]
public sealed class ReloadProcessTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-reload-");
    private readonly HttpClient _client = new();
    private readonly int _port = LoopbackPort.Free();
    private SentryServerHost? _sentry;
    private LocalProcess? _gateway;

    [Fact]
    public async Task SIGHUP_reads_the_file_at_once()
    {
        var file = Path.Combine(_folder.FullName, "gateway.yaml");
        await StartAsync(file, yaml => File.WriteAllText(file, yaml), interval: "0s");

        File.WriteAllText(file, Yaml("orders: shop", "0s"));
        _gateway!.Send(new SentryOtel.Cluster.Processes.Signal(1));

        await UntilArrivesAsync("shop");
    }

    [Fact]
    public async Task Swapped_link_of_a_ConfigMap_is_noticed()
    {
        // Given a file that is reached by two links, as the kubelet mounts it
        var file = Path.Combine(_folder.FullName, "gateway.yaml");
        await StartAsync(
            file,
            yaml =>
            {
                Publish("..one", yaml);
                Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "..data"), "..one");
                File.CreateSymbolicLink(file, Path.Combine("..data", "gateway.yaml"));
            },
            interval: "1s");

        // When the folder's link is renamed over, with a file older than the one before
        Publish("..two", Yaml("orders: shop", "1s"));
        File.SetLastWriteTimeUtc(Path.Combine(_folder.FullName, "..two", "gateway.yaml"), DateTime.UnixEpoch);
        var link = Path.Combine(_folder.FullName, "..data_tmp");
        Directory.CreateSymbolicLink(link, "..two");
        Rename.Over(link, Path.Combine(_folder.FullName, "..data"));

        await UntilArrivesAsync("shop");
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.StopAsync(TimeSpan.FromSeconds(20));
            await _gateway.DisposeAsync();
        }

        if (_sentry is not null)
        {
            await _sentry.DisposeAsync();
        }

        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Publish(string version, string yaml)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, version));
        File.WriteAllText(Path.Combine(_folder.FullName, version, "gateway.yaml"), yaml);
    }

    private async Task StartAsync(string file, Action<string> write, string interval)
    {
        _sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = ["orders", "shop"], Tokens = [new AccessToken(ReloadRig.Token)] }, TestContext.Current.CancellationToken);
        write(Yaml("none: orders", interval));
        _gateway = LocalProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway"), ["--config", file], Path.Combine(_folder.FullName, "gateway.log"));
        await UntilArrivesAsync("orders");
    }

    // Sends until a span comes out at the project: the one sent after the change does.
    private Task UntilArrivesAsync(string project) => Eventually.HoldsAsync(
        async () =>
        {
            Assert.False(_gateway!.HasExited, _gateway.LogTail());
            var name = Guid.NewGuid().ToString();
            using var content = new ByteArrayContent(Requests.Traces(("orders", [name])));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await _client.PostAsync(
                new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/v1/traces")), content, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return _sentry!.State.Received.Spans(project).Length > 0;
        },
        Patience,
        $"a span in {project}",
        TestContext.Current.CancellationToken);

    private string Yaml(string mapping, string interval) => $$"""
        receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:{{_port}}" } } } }
        processors: {batch: {timeout: 10ms} }
        exporters:
          sentry:
            url: {{_sentry!.ManagementUrl}}
            org_slug: acme
            auth_token: {{ReloadRig.Token}}
            routing: {attribute_to_project_mapping: { {{mapping}} } }
        service:
          reload_interval: {{interval}}
          telemetry: {metrics: {level: none} }
          pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [sentry] } }
        """;
}
