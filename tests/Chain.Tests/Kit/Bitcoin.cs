using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>Blocks and transactions of Bitcoin's own chains, as the network sends them.</summary>
public static class Bitcoin
{
    public const string MainGenesisHash = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

    public const string RegtestGenesisHash = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

    public const string GenesisCoinbaseId = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";

    public const string Block170Hash = "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee";

    /// <summary>The first payment from one person to another.</summary>
    public const string FirstPaymentId = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16";

    /// <summary>The coinbase that the first payment spends.</summary>
    public const string Block9CoinbaseId = "0437cd7f8525ceed2324359c2d0ba26006d92d856a9c20fa0241106ee5a597c9";

    public const string MainGenesisHex =
        "01000000" + "0000000000000000000000000000000000000000000000000000000000000000"
        + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a" + "29ab5f49" + "ffff001d" + "1dac2b7c" + GenesisTransactions;

    public const string RegtestGenesisHex =
        "01000000" + "0000000000000000000000000000000000000000000000000000000000000000"
        + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a" + "dae5494d" + "ffff7f20" + "02000000" + GenesisTransactions;

    public const string Block9CoinbaseHex =
        "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0704ffff001d0134ffffffff0100f2052a01000000"
        + "43410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3ac"
        + "00000000";

    public const string Block170Hex =
        "0100000055bd840a78798ad0da853f68974f3d183e2bd1db6a842c1feecf222a00000000ff104ccb05421ab93e63f8c3ce5c2c2e9dbb37de2764b3a3175c8166562cac7d"
        + "51b96a49ffff001d283e9e7002"
        + "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0704ffff001d0102ffffffff0100f2052a01000000"
        + "434104d46c4968bde02899d2aa0963367c7a6ce34eec332b32e42e5f3407e052d64ac625da6f0718e7b302140434bd725706957c092db53805b821a85b23a7ac61725bac"
        + "00000000" + FirstPaymentHex;

    public const string FirstPaymentHex =
        "0100000001c997a5e56e104102fa209c6a852dd90660a20b2d9c352423edce25857fcd37040000000048"
        + "47304402204e45e16932b8af514961a1d3a1a25fdf3f4f7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd12909d831cc56cbbac4622082221a8768d1d0901"
        + "ffffffff0200ca9a3b00000000"
        + "434104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c72a704f7e6cd84cac"
        + "00286bee00000000"
        + "43410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3ac"
        + "00000000";

    /// <summary>The signed example of BIP143: one P2PK input, one P2WPKH input with its witness.</summary>
    public const string WitnessTransactionHex =
        "01000000" + "0001" + WitnessTransactionBodyHex
        + "000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357"
        + "11000000";

    /// <summary>The same without marker, flag and witness.</summary>
    public const string StrippedWitnessTransactionHex = "01000000" + WitnessTransactionBodyHex + "11000000";

    public const string WitnessTransactionId = "e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609";

    public const string WitnessTransactionHash = "c36c38370907df2324d9ce9d149d191192f338b37665a82e78e76a12c909b762";

    private const string WitnessTransactionBodyHex =
        "02fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000049"
        + "4830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01"
        + "eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02"
        + "202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac";

    private const string GenesisTransactions =
        "0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d"
        + "04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73"
        + "ffffffff0100f2052a01000000"
        + "434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac"
        + "00000000";

    public static Block DecodeBlock(string hex) => Block.TryDecode(Hex.Bytes(hex)) ?? throw new FormatException("the hex is no block");

    public static Transaction DecodeTransaction(string hex) =>
        Transaction.TryDecode(Hex.Bytes(hex)) ?? throw new FormatException("the hex is no transaction");
}
