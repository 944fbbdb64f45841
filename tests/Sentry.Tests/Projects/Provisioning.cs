using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;

namespace SentryOtel.Sentry.Tests.Projects;

/// <summary>What the tests of provisioning ask for, and one pass of it.</summary>
internal static class Provisioning
{
    /// <summary>Who asks, unless a test says otherwise.</summary>
    public const string Owner = "0b7b9f0c-6f0e-4c55-9f57-0d2a1b1d3c11";

    /// <summary>The name of the key by which a project is told to be the owner's.</summary>
    public const string Marker = "sentry-otel-operator/" + Owner;

    /// <summary>A project "orders", to be made where it is missing.</summary>
    public static ProvisionRequest Orders { get; } = new() { Owner = Owner, Slug = "orders", MayCreate = true };

    /// <summary>What a route's status keeps of a project.</summary>
    public static KnownProject Remember(ProvisionedProject project) => new(project.Id, project.Slug, project.Created, project.PublicKey);

    /// <summary>A pass that must succeed.</summary>
    public static async Task<ProvisionedProject> ProvisionAsync(ApiFixture api, ProvisionRequest request)
    {
        var result = await new ProjectProvisioner(api.Client, TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation);
        Assert.True(result.IsSuccess, result.Error?.Message);
        return result.Project;
    }

    /// <summary>A pass that must not.</summary>
    public static async Task<ProvisionError> FailAsync(ApiFixture api, ProvisionRequest request)
    {
        var result = await new ProjectProvisioner(api.Client, TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation);
        Assert.False(result.IsSuccess, "a project was provisioned");
        return result.Error;
    }
}
