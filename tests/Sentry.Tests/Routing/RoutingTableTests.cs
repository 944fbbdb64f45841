using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Sentry.Tests.Routing;

public sealed class RoutingTableTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static readonly RoutingTableSlice Template = new() { Exporter = "sentry/main", RoutingAttribute = "service.name", Generation = 7 };

    [Fact]
    public void A_slice_survives_its_document_form()
    {
        var slice = Template with
        {
            OnMissingAttribute = "fallback",
            Fallback = Target("9"),
            Routes =
            [
                Entry("orders") with { RateLimit = new RouteLimits(10.5, null), Route = "shop/orders", Generation = 3, Weight = 4 },
                new RouteEntry { Value = "späte 🚂", State = RouteState.Rejected, Reason = "Conflict" },
            ],
        };

        Assert.True(RoutingTableJson.TryParse(RoutingTableJson.Serialize(slice), out var read, out var error), error);

        Assert.Equal(slice with { Routes = [] }, read with { Routes = [] });
        Assert.Equal(slice.Routes, read.Routes);
    }

    [Fact]
    public void The_document_has_the_agreed_form()
    {
        var json = Encoding.UTF8.GetString(RoutingTableJson.Serialize(Template with { Routes = [Entry("orders")] }));

        Assert.Equal(
            $$"""{"version":1,"exporter":"sentry/main","sliceIndex":0,"sliceCount":1,"generation":7,"routingAttribute":"service.name","onMissingAttribute":"drop","slugPolicy":"strict","routes":[{"value":"orders","state":"Active","target":{"projectId":"1","projectSlug":"p1","publicKey":"{{Key}}","tracesEndpoint":"https://host/api/1/t","logsEndpoint":"https://host/api/1/l","organization":"acme"},"generation":0}]}""",
            json);
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "version")]
    [InlineData("\"sliceCount\":1", "\"sliceCount\":0", "sliceCount")]
    [InlineData("\"sliceIndex\":0", "\"sliceIndex\":1", "sliceIndex")]
    [InlineData("\"sliceIndex\":0", "\"sliceIndex\":\"a\"", "sliceIndex")]
    [InlineData("service.name", "", "routingAttribute")]
    [InlineData("\"drop\"", "\"keep\"", "onMissingAttribute")]
    [InlineData("\"strict\"", "\"lax\"", "slugPolicy")]
    [InlineData("\"Active\"", "\"Awake\"", "routes[0].state")]
    [InlineData("\"value\":\"orders\"", "\"value\":\"\"", "routes[0].value")]
    [InlineData("\"projectId\":\"1\"", "\"projectId\":\"../x\"", "routes[0].target.projectId")]
    [InlineData(Key, "short", "routes[0].target.publicKey")]
    [InlineData("https://host/api/1/t", "file:///etc/passwd", "routes[0].target.tracesEndpoint")]
    [InlineData("https://host/api/1/l", "https://user@host/", "routes[0].target.logsEndpoint")]
    [InlineData("\"routes\":[", "\"routes\":[null,", "routes[0]")]
    [InlineData("\"routes\":[", "\"routes\":null,\"x\":[", "routes")]
    [InlineData("{\"version\"", "[{\"version\"", "$")]
    public void A_wrong_document_is_refused_and_the_field_is_named(string from, string to, string field)
    {
        var json = Encoding.UTF8.GetString(RoutingTableJson.Serialize(Template with { Routes = [Entry("orders")] }));
        var wrong = json.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(json, wrong);

        Assert.False(RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(wrong), out _, out var error));

        Assert.Contains(field, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_weight_is_within_its_bounds(int weight)
    {
        var slice = Template with { Routes = [Entry("orders") with { Weight = weight }] };

        Assert.False(RoutingTableJson.TryParse(RoutingTableJson.Serialize(slice), out _, out var error));
        Assert.Contains("routes[0].weight", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_is_active_needs_a_target()
    {
        var slice = Template with { Routes = [Entry("orders") with { Target = null }] };

        Assert.False(RoutingTableJson.TryParse(RoutingTableJson.Serialize(slice), out _, out var error));
        Assert.Contains("routes[0].target", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_does_not_print_its_key()
    {
        Assert.DoesNotContain(Key, Target("1").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, Entry("orders").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_fits_has_one_slice()
    {
        var slice = Assert.Single(RoutingTable.Split(Template, [Entry("b"), Entry("a")], 900_000));

        Assert.Equal(["a", "b"], slice.Routes.Select(static entry => entry.Value));
    }

    [Fact]
    public void Split_slices_fit_and_combine_to_what_was_split() =>
        Prop.ForAll<NonEmptyString[], PositiveInt>(static (texts, seed) =>
        {
            var values = texts.Select(static text => text.Get).Distinct().Where(static value => !value.Any(char.IsSurrogate)).ToArray();
            var maxBytes = 3000 + (seed.Get % 3000);
            var slices = RoutingTable.Split(Template, values.Select(static value => Entry(value)), maxBytes);
            var read = slices.Select(static slice => RoutingTableJson.TryParse(RoutingTableJson.Serialize(slice), out var back, out var error) ? back : throw new InvalidOperationException(error)).ToArray();
            return slices.All(slice => RoutingTableJson.Serialize(slice).Length <= maxBytes)
                && RoutingTable.TryCombine(read, out var table, out _)
                && table.Routes.Count == values.Length
                && values.All(value => table.Find(value) == Entry(value));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_table_with_a_slice_missing_or_from_another_cut_is_not_used()
    {
        var entries = Enumerable.Range(0, 40).Select(static i => Entry($"service-{i}")).ToArray();
        var slices = RoutingTable.Split(Template, entries, 4000);
        Assert.True(slices.Count > 2);

        Assert.False(RoutingTable.TryCombine([.. slices.Skip(1)], out _, out var missing));
        Assert.Contains("sliceIndex", missing, StringComparison.Ordinal);
        Assert.False(RoutingTable.TryCombine([.. slices, slices[0]], out _, out _));
        Assert.False(RoutingTable.TryCombine([.. slices.Skip(1), .. RoutingTable.Split(Template, entries, 900_000)], out _, out var mixed));
        Assert.NotNull(mixed);
        Assert.False(RoutingTable.TryCombine([], out _, out _));
    }

    [Fact]
    public void The_table_has_the_oldest_generation_and_the_newest_settings()
    {
        var slices = RoutingTable.Split(Template, Enumerable.Range(0, 40).Select(static i => Entry($"service-{i}")), 8000);
        RoutingTableSlice[] mixed = [.. slices.Skip(1), slices[0] with { Generation = 8, SlugPolicy = "normalize" }];

        Assert.True(RoutingTable.TryCombine(mixed, out var table, out _));

        Assert.Equal(7, table.Generation);
        Assert.Equal("normalize", table.SlugPolicy);
    }

    [Fact]
    public void An_entry_that_fits_no_document_is_an_error() =>
        Assert.Throws<ArgumentException>(() => RoutingTable.Split(Template, [Entry(new string('x', 5000))], 4000));

    [Fact]
    public void A_value_twice_is_an_error() => Assert.Throws<ArgumentException>(() => RoutingTable.Split(Template, [Entry("a"), Entry("a")], 4000));

    private static RouteEntry Entry(string value) => new() { Value = value, State = RouteState.Active, Target = Target("1") };

    private static RouteTarget Target(string id) => new()
    {
        ProjectId = id,
        ProjectSlug = "p" + id,
        PublicKey = Key,
        TracesEndpoint = $"https://host/api/{id}/t",
        LogsEndpoint = $"https://host/api/{id}/l",
        Organization = "acme",
    };
}
