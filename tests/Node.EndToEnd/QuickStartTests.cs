using SentryOtel.Node.EndToEnd.Support;

namespace SentryOtel.Node.EndToEnd;

/// <summary>What the README promises, word for word.</summary>
public sealed class QuickStartTests(World world) : NodeTest(world)
{
    [Fact]
    public async Task Helm_install_the_operator__apply_a_SentryExporter__label_workloads__kubectl_get_sentryroutes()
    {
        // Given the journey, which types the README's lines: each service's route is Ready, and kubectl shows it as the README does
        var lines = Journey.Table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^NAME +SERVICE +PROJECT +READY +STATUS +SEEN +AGE", lines[0]);
        Assert.Equal(Journey.Services.Count + 1, lines.Length);
        Assert.All(Journey.Services, service => Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, $@"^\S+ +{service.Name} +{service.Name} +True +Ready")));

        // Then each service's data reach its own project in Sentry, once
        foreach (var (service, _) in Journey.Services)
        {
            Assert.NotNull(World.Sentry.State.Projects.Find(service));
            await Ledger.BalancesAsync(Journey.Namespace, service, spans: 100);
        }

        // And they sent them to the name that the exporter's status gave them
        var exporter = await World.GetAsync(Journey.Namespace, "sentryexporter", "sentry");
        Assert.Equal("http://sentry-gateway.shop.svc:4317", (string?)exporter["status"]!["endpoint"]!["grpc"]);
    }
}
