using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Sentry.Tests.Slugs;

public sealed class SlugResolverTests
{
    /// <summary>Names as services have them, near enough to each other to collide often.</summary>
    private static readonly Arbitrary<string[]> Names = Gen.Elements("orders", "Orders", "ORDERS", "orders.api", "orders-api", "OrdersAPI", "orders api", "orders/api", "é", "ü", "123", "auth", "Auth", "_", "...", "")
        .Or(Gen.Elements('a', 'B', '.', '-', '1', 'é').ArrayOf().Select(static letters => new string(letters)))
        .ArrayOf()
        .Select(static names => names.Where(static name => name.Length > 0).Distinct().ToArray())
        .ToArbitrary();

    [Theory]
    [InlineData("OrdersService", "orders-service")]
    [InlineData("HTTPServer", "http-server")]
    [InlineData("orders.service", "orders-service")]
    [InlineData(" orders  / api ", "orders-api")]
    [InlineData("Orders_Service", "orders_service")]
    [InlineData("v2Api", "v2-api")]
    [InlineData("unknown_service:java", "unknown_service-java")]
    public void Normalize_rewrites_to_what_a_person_would_write(string value, string slug) => Assert.Equal(slug, SlugResolver.Normalize(value));

    [Theory]
    [InlineData("é")]
    [InlineData("Auth")]
    [InlineData("1.")]
    [InlineData("....")]
    public void Normalize_of_a_value_that_keeps_too_little_adds_a_hash(string value) => Assert.Matches("-[0-9a-f]{8}$", SlugResolver.Normalize(value));

    [Fact]
    public void Normalize_of_two_long_values_that_differ_at_the_end_gives_two_slugs()
    {
        var left = SlugResolver.Normalize(new string('A', 80) + "x");
        var right = SlugResolver.Normalize(new string('A', 80) + "y");

        Assert.NotEqual(left, right);
        Assert.True(left.Length <= ProjectSlug.MaxPortableLength);
    }

    [Fact]
    public void Strict_refuses_what_is_no_slug_and_names_the_cures()
    {
        Assert.False(SlugResolver.TryResolve("OrdersService", SlugPolicy.Strict, [], out _, out var error));
        Assert.Contains("slugPolicy: normalize", error, StringComparison.Ordinal);
        Assert.True(SlugResolver.TryResolve("orders", SlugPolicy.Strict, ["Orders"], out var slug, out _));
        Assert.Equal("orders", slug);
    }

    [Fact]
    public void A_value_that_is_a_slug_keeps_it_and_the_rewritten_one_gives_way()
    {
        string[] values = ["OrdersService", "orders-service"];

        Assert.Equal("orders-service", Resolve("orders-service", values));
        Assert.Matches("^orders-service-[0-9a-f]{8}$", Resolve("OrdersService", values));
    }

    [Fact]
    public void Every_one_of_several_rewritten_values_gives_way()
    {
        string[] values = ["OrdersService", "orders.service"];

        Assert.All(values, value => Assert.Matches("^orders-service-[0-9a-f]{8}$", Resolve(value, values)));
    }

    [Fact]
    public void A_value_that_imitates_the_hash_of_another_does_not_get_its_slug()
    {
        var imitation = Resolve("OrdersService", ["orders-service"]);

        var slug = Resolve("OrdersService", ["orders-service", imitation]);

        Assert.NotEqual(imitation, slug);
        Assert.Equal(imitation, Resolve(imitation, ["orders-service", "OrdersService"]));
    }

    [Fact]
    public void A_value_whose_every_slug_is_taken_is_refused()
    {
        var asked = new List<string>();

        Assert.False(SlugResolver.TryResolve("OrdersService", SlugPolicy.Normalize, Taken, out _, out var error));

        Assert.Contains("map it", error, StringComparison.Ordinal);
        Assert.InRange(asked.Count, 2, 6);
        Assert.Equal(asked.Count, asked.Distinct().Count());

        bool Taken(string slug)
        {
            asked.Add(slug);
            return true;
        }
    }

    [Fact]
    public void Normalized_slugs_are_valid() =>
        Prop.ForAll(Names, names => names.All(name => ProjectSlug.IsValid(Resolve(name, names), out _))).QuickCheckThrowOnFailure();

    [Fact]
    public void Different_values_get_different_slugs() =>
        Prop.ForAll(Names, names => names.Select(name => Resolve(name, names)).Distinct().Count() == names.Length).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_in_which_values_come_does_not_matter() =>
        Prop.ForAll(Names, names => names.All(name => Resolve(name, names) == Resolve(name, names.Reverse()))).QuickCheckThrowOnFailure();

    private static string Resolve(string value, IEnumerable<string> others)
    {
        Assert.True(SlugResolver.TryResolve(value, SlugPolicy.Normalize, others, out var slug, out var error), error);
        return slug;
    }
}
