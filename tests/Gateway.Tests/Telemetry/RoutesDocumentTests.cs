using System.Text.Json.Nodes;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Telemetry;

/// <summary>What /routes tells a reader who adds up several gateways over time.</summary>
public sealed class RoutesDocumentTests
{
    [Fact]
    public void The_time_at_which_counts_began_stays_while_the_process_lives()
    {
        using var rig = new Rig();
        var document = DocumentOf(rig);
        var began = rig.Time.GetUtcNow();

        rig.Time.Advance(TimeSpan.FromHours(3));

        var view = Read(document, rig);
        Assert.Equal(began, view["startedAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal(began + TimeSpan.FromHours(3), view["at"]!.GetValue<DateTimeOffset>());
    }

    [Fact]
    public void Counts_of_projects_without_books_of_their_own_are_told_from_others()
    {
        // Given room for the books of one project alone
        using var rig = new Rig(accounts: new Accounts(maxProjects: 1));
        rig.Routes.Activate("orders");
        rig.Routes.Activate("shipping");
        rig.Routes.Activate("billing");

        // When three projects have data
        rig.Ingest(Requests.Spans("orders", 3));
        rig.Ingest(Requests.Spans("shipping", 4));
        rig.Ingest(Requests.Spans("billing", 5));

        // Then those of two are one sum, and say so
        var routes = Read(DocumentOf(rig), rig)["exporters"]![0]!["routes"]!.AsArray();
        Assert.Equal(
            [("billing", 9L, true), ("orders", 3L, false), ("shipping", 9L, true)],
            routes.Select(route => ((string)route!["project"]!, (long)route["accepted"]!, (bool?)route["countsShared"] ?? false)));
        Assert.All(routes, route => Assert.Equal("4711", (string?)route!["projectId"]));
    }

    private static RoutesDocument DocumentOf(Rig rig) => new(rig.Accounts, new IngestCounters(), rig.Admission, () => null, rig.Time, "1.2.3");

    private static JsonNode Read(RoutesDocument document, Rig rig) => JsonNode.Parse(document.Render([rig.Pipeline]))!;
}
