using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SentryOtel.Crds.Generator;

/// <summary>The compiler's XML documentation of an assembly, as plain text for a schema's descriptions.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDocumentation(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the file that the compiler wrote beside the assembly.</summary>
    /// <exception cref="FileNotFoundException">The assembly was built without documentation.</exception>
    public static XmlDocumentation Of(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        var summaries = XDocument.Load(path).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Text(member.Element("summary")!), StringComparer.Ordinal);
        return new XmlDocumentation(summaries);
    }

    /// <summary>Summary of a type.</summary>
    public string Type(Type type) => Find("T:" + type.FullName);

    /// <summary>Summary of a property.</summary>
    public string Property(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>Summary of a field, such as an enumeration's member.</summary>
    public string Field(FieldInfo field) => Find($"F:{field.DeclaringType!.FullName}.{field.Name}");

    private string Find(string member) =>
        _summaries.TryGetValue(member, out var summary) ? summary : throw new InvalidOperationException($"{member} has no summary: every field of a custom resource needs one");

    private static string Text(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "see" } see => see.Attribute("cref")?.Value.Split('.')[^1] ?? "",
                XElement element => element.Value,
                _ => "",
            });
        }

        return Whitespace().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
