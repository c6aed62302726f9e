"""The stand-in model as the domain describes it, written by hand: object to fields, each with its expected type.

Names are without namespace and `__c`. `int` is a double with scale 0; `>X` a lookup to X, `>>X` a master-detail; a `!`
means that every row must have a value, `=` that no two rows may share it.
"""

LEANDATA = {
    "BookIt_Meeting_Type": """
        Internal_Name string!=, Display_Name string!, Product picklist!, Ownership picklist, Is_Locked boolean,
        Is_Active boolean, Meeting_Category >BookIt_Meeting_Category, Duration_Minutes int!, Slot_Interval_Minutes int,
        Buffer_Before_Minutes int, Buffer_After_Minutes int, Minimum_Notice_Minutes int, Booking_Window_Days int,
        Custom_Range_Start date, Custom_Range_End date, Max_Per_Day int, Max_Per_Week int,
        Working_Hours_Source picklist, Working_Hours textarea, Form_Fields textarea, Notifications textarea,
        Conference_Provider picklist, Location string, Description textarea, Redirect_URL url, Style_Color string,
        Logo_URL url
    """,
    "BookIt_Meeting_Category": "",
    "BookIt_Pool": """
        Grouping_Name string!, Object_Type picklist, Description textarea, Distribution_Type picklist!,
        Is_Weighted boolean, Auto_Calibration picklist, Reset_Period picklist, Reset_Date date,
        Product_Access multipicklist, Credit_On_Cancel boolean, Credit_On_No_Show boolean
    """,
    "BookIt_Pool_Member": """
        Pool >>BookIt_Pool!, User_Owner >User!, OwnerId string, Owner_Order int, Weighting_Value int,
        Is_Available_For_Routing boolean, Joined_Date datetime, Paused_Until datetime
    """,
    "BookIt_Pool_Manager": "Pool >>BookIt_Pool!, User >User!",
    "BookIt_Count_Entry": """
        Pool >BookIt_Pool!, Member >BookIt_Pool_Member, Meeting_Category >BookIt_Meeting_Category, Period_Start date,
        Kind picklist!, Entry_Key string!=, Delta int!, Old_Value int, New_Value int, Reason string,
        Meeting >BookIt_Meeting, Changed_By string
    """,
    "BookIt_Credit_Request": """
        Meeting >BookIt_Meeting!, Host >User!, Pool >BookIt_Pool, Meeting_Category >BookIt_Meeting_Category,
        Reason picklist!, Comment textarea, Status picklist!, Is_Automatic boolean, Requested_By >User,
        Decided_By >User, Decided_Date datetime, Decision_Comment textarea, Open_Key string=
    """,
    "BookIt_Meeting": """
        Meeting_Id string!=, Status picklist!, Calendar_Status picklist, Start datetime!, End datetime!,
        Timezone string, Meeting_Type >BookIt_Meeting_Type!, Main_Host >User!, Original_Host >User, Pool >BookIt_Pool,
        Pool_Member >BookIt_Pool_Member, Meeting_Category >BookIt_Meeting_Category, Booking_Method picklist!,
        Link >BookIt_Link, Booked_By >User, Booked_Date datetime, Prospect_Name string, Prospect_Email email,
        Company string, Lead >Lead, Contact >Contact, Account >Account, Event_Id string, Conference_Provider picklist,
        Conference_Link url, Form_Answers textarea, Log >Log, BookIt_Log_Id string, Trigger_Node string,
        Canceled_Date datetime, Canceled_By_Type picklist, Cancellation_Reason string, Reschedule_Count int,
        Previous_Start datetime, Reassigned_From >User, Reassigned_Date datetime, Is_No_Show boolean,
        Credit_Status picklist, Selection_Snapshot textarea, SMS_Consent boolean
    """,
    "BookIt_Attendee": "Meeting >>BookIt_Meeting!, Email email!, User >User, Role picklist!, Response_Status picklist",
    "BookIt_Meeting_Activity": """
        Meeting >>BookIt_Meeting!, Kind picklist!, Actor string, Channel picklist!, Old_Value string, New_Value string
    """,
    "BookIt_Link": """
        Link_Id string!=, URL url, Kind picklist!, Owner >User, Main_Host >User, Pool >BookIt_Pool, Team >BookIt_Team,
        Expires datetime, Is_Active boolean, Parent_Link >BookIt_Link, Single_Use_Status picklist
    """,
    "BookIt_Link_Meeting_Type": "Link >>BookIt_Link!, Meeting_Type >>BookIt_Meeting_Type!",
    "BookIt_Team": "",
    "BookIt_Team_Member": "Team >>BookIt_Team!, User >User!",
    "BookIt_User_Setting": """
        User >User!, User_Key string!=, Product_Access_Forms boolean, Product_Access_Links boolean,
        Product_Access_Handoff boolean, Access_Level picklist, Calendar_Provider picklist, Calendar_Status picklist!,
        Working_Hours >BookIt_Working_Hours, Is_Paused boolean, Paused_Until datetime
    """,
    "BookIt_Conference_Connection": """
        User >User!, Provider picklist!, Status picklist!, Link url, Is_Default boolean
    """,
    "BookIt_Working_Hours": "Timezone string, Use_User_Timezone boolean, Is_Default boolean, Blocks textarea",
    "BookIt_Vacation": "User >User!, Start date!, End date!, Start_Buffer_Days int, End_Buffer_Days int",
    "BookIt_Holiday": "Date date!",
    "BookIt_Graph": "Is_Live boolean, Definition textarea",
    "Log": """
        BookIt_Log_Id string, Graph >BookIt_Graph, Trigger_Node string, Result picklist!,
        Meeting_Type >BookIt_Meeting_Type, Pool >BookIt_Pool, Routed_To >User, Prospect_Email email, Inputs textarea,
        Path textarea, Routed_Date datetime!
    """,
}

OURS = {
    "BookIt_MCP_Claim": "Claim_Key string!=, Host >User!, Period string!, Number int!, Meeting string",
    "BookIt_MCP_Operation": """
        Operation_Key string!=, Request_Hash string!, Answer textarea, Actor string!, Tool string!
    """,
}

PICKLISTS = {
    "BookIt_Meeting.Status": ["Scheduled", "Rescheduled", "Canceled"],
    "BookIt_Meeting.Booking_Method": [
        *("Forms", "Links", "Handoff", "Routing Link", "Chrome Extension", "API", "MCP"),
    ],
    "BookIt_Meeting_Type.Product": ["Forms", "Links", "Handoff"],
    "BookIt_Pool.Distribution_Type": ["Count-Based", "Order-Based"],
    "BookIt_Pool.Product_Access": ["Forms", "Links", "Handoff"],
    "BookIt_Count_Entry.Kind": [
        *("Scheduled", "Unscheduled", "Calibration", "Auto-Calibration", "Credit", "Credit-Consumed", "Reset"),
    ],
    "BookIt_Credit_Request.Reason": ["No-Show", "Unqualified", "Other"],
    "BookIt_Credit_Request.Status": ["Pending", "Approved", "Denied"],
    "BookIt_Attendee.Role": ["Host", "Additional Host", "Attendee", "Prospect", "Guest"],
    "BookIt_Meeting_Activity.Channel": ["UI", "Prospect", "MCP", "API"],
    "BookIt_Link.Kind": ["Individual", "Group", "Pool", "Routing", "Multi-Type", "Single-Use", "Managed"],
    "BookIt_User_Setting.Calendar_Status": ["Connected", "Expired", "Not Connected"],
    "BookIt_Conference_Connection.Status": ["Connected", "Expired", "Not Connected"],
    "Log.Result": ["Calendar", "Redirect", "None"],
}

CHILDREN = {
    "BookIt_Meeting": {"Attendees", "Activities", "Credit_Requests", "Count_Entries"},
    "BookIt_Pool": {"Members", "Managers", "Meetings", "Links", "Logs", "Count_Entries", "Credit_Requests"},
    "BookIt_Link": {"Meeting_Types", "Child_Links", "Meetings"},
    "BookIt_Team": {"Members", "Links"},
}
