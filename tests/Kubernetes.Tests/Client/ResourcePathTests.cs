using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Client;

public sealed class ResourcePathTests
{
    private static readonly EntityMetadata Deployments = EntityMetadata.For<V1Deployment>();

    [Fact]
    public void Paths_follow_group_scope_and_subresource()
    {
        Assert.Equal("/api/v1/secrets", ResourcePath.Collection(EntityMetadata.For<V1Secret>(), null));
        Assert.Equal("/api/v1/nodes/n1", ResourcePath.Object(EntityMetadata.For<V1Node>(), null, "n1"));
        Assert.Equal("/apis/apps/v1/namespaces/a/deployments/web/scale", ResourcePath.Object(Deployments, "a", "web", "scale"));
        Assert.Equal("/apis/apps/v1/namespaces/a/deployments/w%3Aeb%3Fx", ResourcePath.Object(Deployments, "a", "w:eb?x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("%2e%2e")]
    public void A_name_that_would_change_the_path_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => ResourcePath.Object(Deployments, "a", name));
        if (name.Length > 0)
        {
            Assert.Throws<ArgumentException>(() => ResourcePath.Collection(Deployments, name));
        }
    }

    [Fact]
    public void Scope_and_namespace_must_agree()
    {
        Assert.Throws<ArgumentException>(() => ResourcePath.Object(Deployments, null, "web"));
        Assert.Throws<ArgumentException>(() => ResourcePath.Object(EntityMetadata.For<V1Node>(), "a", "n1"));
    }
}
