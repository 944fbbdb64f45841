namespace SentryOtel.Sentry.Api;

/// <summary>An organisation, as <c>GET /api/0/organizations/{org}/</c> gives it (the fields that are used).</summary>
public sealed record SentryOrganization
{
    /// <summary>Numeric id as text.</summary>
    public string Id { get; init; } = "";

    /// <summary>Slug, the name in paths.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Features switched on, for example <c>ourlogs-ingestion</c>.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Scopes that the caller has in the organisation.</summary>
    public IReadOnlyList<string>? Access { get; init; }

    /// <summary>False when only owners and managers may create projects; null on servers that do not say.</summary>
    public bool? AllowMemberProjectCreation { get; init; }

    /// <summary>Addresses of the organisation.</summary>
    public OrganizationLinks? Links { get; init; }
}

/// <summary>Addresses of an organisation.</summary>
/// <param name="OrganizationUrl">Where people look at it.</param>
/// <param name="RegionUrl">Base of the API in the region that holds its data.</param>
public sealed record OrganizationLinks(string? OrganizationUrl, string? RegionUrl);
