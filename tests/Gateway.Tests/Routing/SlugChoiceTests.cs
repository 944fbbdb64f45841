using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Routing;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Tests.Routing;

/// <summary>Values that make one slug.</summary>
public sealed class SlugChoiceTests
{
    private const string Hashed = "^orders-service-[0-9a-f]{8}$";

    [Fact]
    public void Second_of_two_rewritten_values_gives_way_and_says_to_whom()
    {
        var slugs = Slugs();

        Assert.Equal("orders-service", Hold(slugs, "OrdersService").Slug);
        var (slug, displaced, collision) = Hold(slugs, "orders.service");

        Assert.Matches(Hashed, slug);
        Assert.Null(displaced);
        Assert.Equal(new SlugCollision("orders.service", slug, "OrdersService"), collision);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Value_that_is_the_slug_has_it_whichever_comes_first(bool first)
    {
        var slugs = Slugs();
        SlugCollision? told = null;
        foreach (var value in first ? (string[])["orders-service", "OrdersService"] : ["OrdersService", "orders-service"])
        {
            var (_, displaced, collision) = Hold(slugs, value);
            told ??= collision;

            // The one that lost it chooses anew.
            told ??= displaced is null ? null : Hold(slugs, displaced).Collision;
        }

        Assert.Equal("orders-service", Choose(slugs, "orders-service"));
        Assert.Matches(Hashed, Choose(slugs, "OrdersService"));
        Assert.Equal(("OrdersService", "orders-service"), (told!.Value.Value, told.Value.Other));
    }

    [Fact]
    public void Mapped_value_holds_no_slug_and_collides_with_nothing()
    {
        var slugs = Slugs(new Dictionary<string, string> { ["OrdersService"] = "shop", ["orders-service"] = "other" });
        Assert.Equal("shop", Hold(slugs, "OrdersService").Slug);
        Assert.Equal("other", Hold(slugs, "orders-service").Slug);

        var (slug, _, collision) = Hold(slugs, "orders.service");

        Assert.Equal("orders-service", slug);
        Assert.Null(collision);
    }

    [Fact]
    public void Value_that_was_forgotten_leaves_its_slug_to_others()
    {
        var slugs = Slugs();
        Hold(slugs, "OrdersService");

        slugs.Release("orders.service", "orders-service");
        Assert.Matches(Hashed, Choose(slugs, "orders.service"));
        slugs.Release("OrdersService", "orders-service");
        Assert.Equal("orders-service", Choose(slugs, "orders.service"));
    }

    [Fact]
    public void Name_that_imitates_the_hash_of_another_does_not_get_its_project()
    {
        var slugs = Slugs();
        Hold(slugs, "orders-service");
        var imitation = Choose(slugs, "OrdersService");

        Hold(slugs, imitation);

        Assert.NotEqual(imitation, Choose(slugs, "OrdersService"));
    }

    private static SlugChoice Slugs(Dictionary<string, string>? mapping = null) =>
        new(new RoutingConfiguration { SlugPolicy = SlugPolicy.Normalize, ProjectMapping = mapping ?? [] });

    private static string Choose(SlugChoice slugs, string value)
    {
        Assert.True(slugs.TryChoose(value, out var slug, out var error), error);
        return slug;
    }

    private static (string Slug, string? Displaced, SlugCollision? Collision) Hold(SlugChoice slugs, string value)
    {
        var slug = Choose(slugs, value);
        var displaced = slugs.Hold(value, slug, out var collision);
        return (slug, displaced, collision);
    }
}
