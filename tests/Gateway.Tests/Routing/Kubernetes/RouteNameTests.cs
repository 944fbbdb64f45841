using SentryOtel.Gateway.Routing.Kubernetes;

namespace SentryOtel.Gateway.Tests.Routing.Kubernetes;

public sealed class RouteNameTests
{
    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("Orders_Service", "orders_service")]
    [InlineData("-_-", "-_-")]
    public void Name_is_one_that_Kubernetes_takes(string value, string slug)
    {
        var name = RouteAnnouncer.NameOf("main", value, slug);

        Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", name);
        Assert.InRange(name.Length, 9, 253);
    }

    [Fact]
    public void Two_values_of_one_slug_have_two_names_and_one_value_has_one()
    {
        Assert.NotEqual(RouteAnnouncer.NameOf("main", "Orders", "orders"), RouteAnnouncer.NameOf("main", "orders", "orders"));
        Assert.Equal(RouteAnnouncer.NameOf("main", "orders", "orders"), RouteAnnouncer.NameOf("main", "orders", "orders"));
        Assert.NotEqual(RouteAnnouncer.NameOf("main", "orders", "orders"), RouteAnnouncer.NameOf("other", "orders", "orders"));
    }
}
