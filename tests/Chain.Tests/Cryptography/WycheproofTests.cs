using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

/// <summary>
/// Wycheproof's cases for ECDSA as Bitcoin uses it: strict DER and low S. <see cref="Secp256k1.Verify"/> alone takes high S,
/// as consensus does, so the two checks together must give what the file says.
/// </summary>
public class WycheproofTests
{
    private const string FileName = "ecdsa_secp256k1_sha256_bitcoin_test.json";

    private readonly ITestOutputHelper _output;

    public WycheproofTests(ITestOutputHelper output) => _output = output;

    [VectorFact(FileName)]
    public void Verify_EveryWycheproofCase_GivesItsResult()
    {
        var root = Vectors.ReadJson(FileName);
        var run = 0;
        var wrong = new List<string>();
        foreach (var group in root.GetProperty("testGroups").EnumerateArray())
        {
            var publicKey = Hex.Bytes(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                run++;
                var signature = Hex.Bytes(test.GetProperty("sig").GetString()!);
                var hash = SHA256.HashData(Hex.Bytes(test.GetProperty("msg").GetString()!));
                var flags = test.GetProperty("flags").EnumerateArray().Select(f => f.GetString()!).ToArray();
                var verified = Secp256k1.Verify(publicKey, signature, hash);
                var accepted = verified && Secp256k1.IsLowS(signature);
                var isMalleable = flags.Contains("SignatureMalleabilityBitcoin");
                if (accepted != (test.GetProperty("result").GetString() == "valid") || (isMalleable && !verified))
                    wrong.Add($"{test.GetProperty("tcId")} ({string.Join(", ", flags)}; {test.GetProperty("comment")})");
            }
        }

        _output.WriteLine($"{run} cases");
        Assert.Empty(wrong);
        Assert.Equal(root.GetProperty("numberOfTests").GetInt32(), run);
    }
}
