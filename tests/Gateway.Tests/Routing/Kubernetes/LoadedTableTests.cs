using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Tests.Routing.Kubernetes;

/// <summary>A routing table made ready for look-ups.</summary>
public sealed class LoadedTableTests
{
    [Fact]
    public void Every_state_has_its_answer()
    {
        var table = Table("normalize", null,
            Active("orders") with { RateLimit = new RouteLimits(5, null) },
            new RouteEntry { Value = "Payroll", State = RouteState.Pending },
            new RouteEntry { Value = "barred", State = RouteState.Rejected, Reason = "Conflict" },
            new RouteEntry { Value = "kept-out", State = RouteState.Rejected, Reason = "ServiceNotAllowed", Rationed = true },
            new RouteEntry { Value = "too-many", State = RouteState.Rejected, Reason = "MaxAutoCreatedReached", Rationed = true });

        Assert.Equal(("orders", 5), (table.Find("orders")!.Value.Route!.Queue, table.Find("orders")!.Value.Route!.Limits!.ItemsPerSecond));
        Assert.Equal((RouteAnswerKind.Wait, "payroll"), (table.Find("Payroll")!.Value.Kind, table.Find("Payroll")!.Value.Project));
        Assert.Equal(RejectReason.NoProject, table.Find("barred")!.Value.Reason);
        Assert.Contains("Conflict", table.Find("barred")!.Value.Message, StringComparison.Ordinal);
        Assert.Equal(
            [RejectReason.NotAllowed, RejectReason.TooManyServices], new[] { "kept-out", "too-many" }.Select(value => table.Find(value)!.Value.Reason));
        Assert.Equal(2, table.Rationed);
        Assert.Null(table.Find("unknown"));
        Assert.Null(table.Missing);
        Assert.Equal("rest", Table("strict", FixedRoutes.Target("rest")).Missing!.Value.Route!.Queue);
        Assert.Equal([("orders", "orders")], table.Services);
    }

    [Fact]
    public void Largest_weight_of_the_values_of_a_project_counts()
    {
        var shop = FixedRoutes.Target("shop");
        var table = Table("strict", null,
            Active("a") with { Target = shop, Weight = 2 },
            Active("b") with { Target = shop, Weight = 7 },
            Active("c") with { Target = shop },
            Active("orders"));

        Assert.Equal((7, 1, 1), (table.WeightOf("shop"), table.WeightOf("orders"), table.WeightOf("unknown")));
    }

    [Fact]
    public void Projects_of_one_id_on_two_servers_share_nothing()
    {
        var table = Table("strict", null, Active("a") with { Target = ByDsn("https://one.example/") }, Active("b") with { Target = ByDsn("https://two.example/prefix/") });

        var (one, two) = (table.Find("a")!.Value.Route!.Queue, table.Find("b")!.Value.Route!.Queue);

        Assert.Equal(("one.example/42", "two.example/prefix/42"), (one, two));
        Assert.StartsWith("https://one.example/", table.TargetOf(one)!.TracesEndpoint, StringComparison.Ordinal);
        Assert.StartsWith("https://two.example/", table.TargetOf(two)!.TracesEndpoint, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_value_gives_way_to_those_of_the_table()
    {
        var table = Table("normalize", null, Active("OrdersService"), Active("shop"));
        var collisions = new SlugCollisions("sentry", TimeProvider.System, NullLogger.Instance);
        var announced = new AnnouncedSlugs(10, collisions);

        var slug = announced.Take(table, "orders.service");
        Assert.Matches("^orders-service-[0-9a-f]{8}$", slug);
        Assert.Matches("^shop-[0-9a-f]{8}$", announced.Take(table, "Shop"));
        Assert.Equal("payroll", announced.Take(table, "Payroll"));

        Assert.Equal([("orders.service", "OrdersService"), ("Shop", "shop")], collisions.Read().Select(collision => (collision.Value, collision.Other)));
    }

    [Fact]
    public void Two_values_that_are_announced_before_the_table_knows_them_name_two_projects()
    {
        var table = Table("normalize", null);
        var announced = new AnnouncedSlugs(10, new SlugCollisions("sentry", TimeProvider.System, NullLogger.Instance));

        Assert.Equal("payroll", announced.Take(table, "Payroll"));
        Assert.Matches("^payroll-[0-9a-f]{8}$", announced.Take(table, "payroll!"));
        Assert.Equal("payroll", announced.Take(table, "Payroll"));

        // What the table holds by now is the table's to remember.
        announced.Settle(Table("normalize", null, Active("Payroll")));
        Assert.Equal("payroll", announced.Take(table, "payroll!"));
    }

    [Fact]
    public void Under_strict_an_unknown_value_that_is_no_slug_has_none()
    {
        var announced = new AnnouncedSlugs(10, new SlugCollisions("sentry", TimeProvider.System, NullLogger.Instance));

        Assert.False(announced.TryChoose(Table("strict", null), "12345", out _, out var error));
        Assert.Contains("all digits", error, StringComparison.Ordinal);
        Assert.Null(announced.Take(Table("strict", null), "auth"));
    }

    private static LoadedTable Table(string policy, RouteTarget? fallback, params RouteEntry[] routes)
    {
        var slice = new RoutingTableSlice
        {
            Exporter = "default/main",
            RoutingAttribute = "service.name",
            SlugPolicy = policy,
            OnMissingAttribute = fallback is null ? "drop" : "fallback",
            Fallback = fallback,
            Routes = routes,
        };
        Assert.True(RoutingTable.TryCombine([slice], out var table, out var error), error);
        return new LoadedTable(table);
    }

    private static RouteEntry Active(string value) => new() { Value = value, State = RouteState.Active, Target = FixedRoutes.Target(value.ToLowerInvariant()) };

    private static RouteTarget ByDsn(string server) => new()
    {
        ProjectId = "42",
        ProjectSlug = "42",
        PublicKey = "0123456789abcdef0123456789abcdef",
        TracesEndpoint = server + "api/42/integration/otlp/v1/traces",
        LogsEndpoint = server + "api/42/integration/otlp/v1/logs",
    };
}
