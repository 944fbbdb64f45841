using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Credentials;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>Connections to Sentry while the token rotates.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterConnectionsTests(OperatorCluster cluster)
{
    [Fact]
    public async Task Each_token_has_a_client_of_its_own_and_those_before_it_are_let_go()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        var time = new FakeTimeProvider();
        using var connections = new ExporterConnections(world.Client, time, new Random(1), NullLoggerFactory.Instance);
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = "main", Namespace = world.Namespace },
            Spec = new SentryExporterSpec { Url = "https://sentry.example.com", OrgSlug = "acme", AuthTokenSecretRef = new SecretKeyReference { Name = "sentry", Key = "token" }, Timeout = "2s" },
        };

        var seen = new HashSet<string>();
        for (var rotation = 0; rotation < 20; rotation++)
        {
            await world.SetSecretAsync("sentry", "token", $"sntryi_{rotation}");
            var connection = await connections.GetAsync(exporter, ExporterWorld.Cancellation);
            Assert.Same(connection.Api, (await connections.GetAsync(exporter, ExporterWorld.Cancellation)).Api);
            Assert.True(seen.Add(connection.Fingerprint));
        }

        Assert.Equal((20, 20), connections.Clients.Count);
        time.Advance(SentryClients.Grace);
        Assert.Equal((1, 1), connections.Clients.Count);
        connections.Forget(ObjectKey.Of(exporter));
        time.Advance(SentryClients.Grace);
        Assert.Equal((0, 0), connections.Clients.Count);
    }
}
